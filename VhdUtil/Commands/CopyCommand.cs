using System.Security.Cryptography;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Copying;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-copy.c.</summary>
internal sealed class CopyCommand : VhdVerb
{
    private string? _name;
    private string? _newName;
    private string? _keyPath;
    private bool _keyFromInput;

    public override string Name => "copy";

    public override string Usage =>
        "options: -n <name> -N <new VHD name> [-k <keyfile> | -E (pass encryption key on stdin)] [-h help] \n";

    public override string Teaching => """
        Copies a disk, with all that its chain holds, into a new dynamic one, and encrypts it if a key of 32 or 64 bytes
        is given. What was never written takes no space in the copy. A disk that is encrypted already is copied as it
        is, with its key's hash.

          vhd-util copy -n disk.vhd -N copy.vhd
          vhd-util copy -n plain.vhd -N secret.vhd -k secret,aes-xts-plain,512.key

        """;

    protected override string Options => "n:N:k:Eh";

    protected override bool IsComplete => true;

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'N':
                _newName = argument;
                break;
            case 'k' when !_keyFromInput && _keyPath is null:
                _keyPath = argument;
                break;
            case 'E' when !_keyFromInput && _keyPath is null:
                _keyFromInput = true;
                break;
            default:
                return "Only supply -E or -k once";
        }

        return null;
    }

    protected override bool TakeOperands(IReadOnlyList<string> operands) => true;

    protected override int Act(VhdContext context)
    {
        if (_name is null || _newName is null)
        {
            context.Error.Write("Must supply both existing and new VHD names\n");
            return Misused(context);
        }

        using KeyFile? key = ReadKey(context);
        using SectorCipher? cipher = key is null ? null : SectorCipher.Create(key.Bytes);
        ImageChain source;
        try
        {
            source = ImageChain.Open(_name, VhdLoadOptions.All);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (source)
        {
            if (File.Exists(_newName) || Directory.Exists(_newName))
            {
                context.Output.Write($"VHD file {_newName} already exists, chose a different name\n");
                return Errno.EINVAL;
            }

            return Copy(context, source, KeyHashOfCopy(source, key), cipher);
        }
    }

    private int Copy(VhdContext context, ImageChain source, KeyHash? keyHash, SectorCipher? cipher)
    {
        ulong size = VhdCreator.RoundUp(source.Leaf.Metadata.VirtualSize);
        try
        {
            VhdCreator.Create(
                _newName!, new VhdSpecification(size, context.NewUuid(), VhdTime.FromUnixSeconds(context.Now())) { KeyHash = keyHash });
        }
        catch (BlockException e)
        {
            return Fail(context, $"error creating {_newName}", e);
        }

        try
        {
            using VhdImage target = VhdImage.Open(_newName!, ImageAccess.ReadWrite, VhdLoadOptions.All);
            ProgressDisplay.Run(context, $"copying {Path.GetFileName(_name)}", null, new CopyJob(source, target, cipher).Run);
            return 0;
        }
        catch
        {
            // Half a copy is worse than none.
            VhdImageFile.Delete(_newName!);
            throw;
        }
    }

    private KeyFile? ReadKey(VhdContext context)
    {
        KeyFile key;
        if (_keyFromInput)
        {
            using Stream input = context.Input();
            key = KeyFile.Read(input, "standard input", length: null);
        }
        else if (_keyPath is not null)
        {
            key = KeyFile.Read(_keyPath, length: null);
        }
        else
        {
            return null;
        }

        if (key.Bytes.Length is 32 or 64)
            return key;
        using (key)
            throw VhdErrors.Invalid($"Unsupported keysize, use either 256 bit or 512 bit key: {key.Bytes.Length * 8} bits were given.");
    }

    private KeyHash? KeyHashOfCopy(ImageChain source, KeyFile? key)
    {
        KeyHash? sources = source.Leaf.Footer.IsFixed ? null : source.Leaf.GetKeyHash();
        bool mixed = source.Images.Any(image => !image.Footer.IsFixed && image.Metadata.RequireBat().AllocatedCount > 0
            && !Extras.IsSameKey(image.GetKeyHash(), sources)) || (sources is not null && source.RawBase is not null);
        if (mixed)
            throw VhdErrors.Unsupported(_name!, "has parents that are not encrypted with its key; they cannot be copied into one disk");
        if (key is null)
            return sources;
        if (sources is not null)
            throw VhdErrors.Unsupported(_name!, "is encrypted already, and cannot be encrypted again");
        return KeyHash.Compute(RandomNumberGenerator.GetBytes(KeyHash.NonceSize), key.Bytes);
    }
}
