using System.Security.Cryptography;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-key.c.</summary>
internal sealed class KeyCommand : VhdVerb
{
    private readonly HashSet<char> _actions = [];
    private string? _name;
    private string? _keyPath;
    private string? _nonce;
    private string? _hash;

    public override string Name => "key";

    public override string Usage =>
        "usage:\n"
        + "-C -k KEYPATH [-N NONCE]: calculate keyhash for KEYPATH\n"
        + "-s -n NAME <-k KEYPATH> | -H HASH> [-N NONCE]: set keyhash for NAME\n"
        + "-c -n NAME <-k KEYPATH>: check keyhash for NAME\n"
        + "-p -n NAME: print keyhash for NAME\n"
        + "-h help\n";

    public override string Teaching => """
        An encrypted disk holds a hash by which a key can be recognised: SHA-256 of a nonce and the key. -s sets it on a
        disk that holds no data yet, from the key or as a hash of 64 hexadecimal digits; -c checks a key against it; -p
        prints nonce and hash, or `none'; -C only calculates. Key files are named after the disk,
        NAME,aes-xts-plain,512.key or NAME,aes-xts-plain,256.key, and hold as many bits. The nonce is random with
        -s -k, and zero with -H and -C, unless -N gives one.

          vhd-util key -s -n disk.vhd -k keys/disk,aes-xts-plain,512.key
          vhd-util key -p -n disk.vhd

        """;

    protected override string Options => "n:k:N:H:scCph";

    protected override int HelpExitCode => 0;

    protected override bool UsageGoesToError => true;

    protected override bool IsComplete =>
        _actions.Contains('C') ? _keyPath is not null
        : _name is not null && (_actions.Contains('s') ? !_actions.Contains('c') && (_keyPath is null) != (_hash is null)
            : _actions.Contains('c') ? _keyPath is not null && _nonce is null && _hash is null
            : _actions.Contains('p'));

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'k':
                _keyPath = argument;
                break;
            case 'N':
                _nonce = argument;
                break;
            case 'H':
                _hash = argument;
                break;
            default:
                _actions.Add(option);
                break;
        }

        return null;
    }

    protected override int Act(VhdContext context)
    {
        if (_actions.Contains('C'))
        {
            using KeyFile key = KeyFile.Read(_keyPath!, length: null);
            context.Output.Write(Convert.ToHexStringLower(KeyHash.Compute(Nonce(random: false), key.Bytes).Hash) + "\n");
            return 0;
        }

        VhdImage image;
        try
        {
            image = VhdImage.Open(
                _name!, _actions.Contains('s') ? ImageAccess.ReadWrite : ImageAccess.Read,
                VhdLoadOptions.Bat | VhdLoadOptions.BatmapHeader);
        }
        catch (BlockException e)
        {
            context.Error.Write($"failed to open {_name}: {-e.Errno}\n");
            throw;
        }

        using (image)
            return Act(context, image);
    }

    private int Act(VhdContext context, VhdImage image)
    {
        string complaint = "failed to read keyhash";
        try
        {
            if (_actions.Contains('s'))
            {
                complaint = "setting key failed";
                Set(image);
            }
            else if (_actions.Contains('c'))
            {
                complaint = "key check failed";
                Check(image);
            }

            if (_actions.Contains('p'))
            {
                complaint = "failed to read keyhash";
                context.Output.Write(image.GetKeyHash() is { } hash
                    ? $"{Convert.ToHexStringLower(hash.Nonce)} {Convert.ToHexStringLower(hash.Hash)}\n" : "none\n");
            }

            return 0;
        }
        catch (BlockException e)
        {
            context.Error.Write($"{complaint}: {-e.Errno}\n");
            throw;
        }
    }

    private void Set(VhdImage image)
    {
        if (!image.Footer.IsSparse)
            throw VhdErrors.Unsupported(image.Path, "is fixed and cannot hold a key's hash");
        if (image.Bat.AllocatedCount is > 0 and var used)
            throw VhdErrors.Unsupported(image.Path, $"already holds {used} blocks of data, which are not encrypted");
        if (_hash is not null)
        {
            image.SetKeyHash(new KeyHash(Nonce(random: false), Hex('H', _hash)));
        }
        else
        {
            using KeyFile key = KeyFile.Read(_keyPath!, KeyFile.LengthFor(image.Path, _keyPath!));
            image.SetKeyHash(KeyHash.Compute(Nonce(random: true), key.Bytes));
        }

        image.File.Sync();
    }

    private void Check(VhdImage image)
    {
        KeyHash hash = image.GetKeyHash() ?? throw VhdErrors.Unsupported(image.Path, "has no key hash: it is not encrypted");
        using KeyFile key = KeyFile.Read(_keyPath!, KeyFile.LengthFor(image.Path, _keyPath!));
        if (!hash.Matches(key.Bytes))
            throw VhdErrors.Invalid($"The key in '{_keyPath}' is not that of '{image.Path}'.");
    }

    private byte[] Nonce(bool random) =>
        _nonce is not null ? Hex('N', _nonce) : random ? RandomNumberGenerator.GetBytes(KeyHash.NonceSize) : new byte[KeyHash.NonceSize];

    private static byte[] Hex(char option, string digits) =>
        digits.Length == 2 * KeyHash.NonceSize && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw VhdErrors.Invalid($"-{option} wants {2 * KeyHash.NonceSize} hexadecimal digits, not '{digits}'.");
}
