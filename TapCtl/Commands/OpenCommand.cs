using System.Security.Cryptography;
using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class OpenCommand : VbdCommand
{
    /// <summary>AES-XTS with 128 or 256 bits takes two keys.</summary>
    private const int ShortKey = 32;
    private const int LongKey = 64;

    private readonly OpenOptions _image = new();
    private int _keys;

    public override string Name => "open";

    public override string Usage =>
        "usage: open <-p pid> <-m minor> <-a type:/path/to/file> " + OpenOptions.Usage
        + "[-C </path/to/logfile> insert log layer to track changed blocks] [-E read encryption key from stdin]\n";

    public override string Teaching => $"""
        Opens an image as an attached disk and serves it: to a guest's ring, and over NBD on the socket nbd<pid>.<minor>.

        {OpenOptions.Teaching}  -E    reads the key of an encrypted VHD from standard input: 32 or 64 bytes, raw

          tap-ctl open -p 4711 -m 0 -a vhd:/srv/a.vhd
          tap-ctl open -p 4711 -m 0 -a aio:/dev/sdb -R
          tap-ctl open -p 4711 -m 0 -a vhd:/srv/secret.vhd -E < /run/key

        """;

    protected override string Options => "a:RDm:p:e:r2:st:C:Eh";

    protected override bool IsComplete => base.IsComplete && _image.IsComplete;

    protected override void Take(char option, string argument)
    {
        if (option == 'E')
            _keys++;
        else if (option is 'p' or 'm')
            base.Take(option, argument);
        else
            _image.Take(option, argument);
    }

    protected override int Act(CommandContext context)
    {
        if (_keys > 1)
            return Refuse(context, "Only supply -E once");
        using EncryptionKey? key = _keys == 0 ? null : ReadKey(context);
        if (_keys > 0 && key is null)
            return Refuse(context, "Unsupported keysize, use either 256 bit or 512 bit key");
        Ask<TapdiskResponse.Open>(context, _image.Request(Cookie, key));
        return 0;
    }

    /// <summary>Upstream exits with 1 here and says nothing more.</summary>
    private static int Refuse(CommandContext context, string sentence)
    {
        context.Error.Write(sentence + "\n");
        return 1;
    }

    /// <summary>
    /// Upstream takes what a single read gives. A key that comes in pieces is put together here, without waiting for the end of an input
    /// that the caller leaves open behind a whole key.
    /// </summary>
    private static EncryptionKey? ReadKey(CommandContext context)
    {
        Span<byte> bytes = stackalloc byte[LongKey + 1];
        try
        {
            using Stream input = context.Input();
            int length = 0;
            for (int n = 1; n > 0 && length is not (ShortKey or LongKey) && length < bytes.Length; length += n)
                n = input.Read(bytes[length..]);
            return length is ShortKey or LongKey ? new EncryptionKey(bytes[..length]) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
