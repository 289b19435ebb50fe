using Tapvisor.Messages;
using static Tapvisor.Messages.TapdiskMessageFlags;

namespace Tapvisor.TapCtl;

/// <summary>The options that say what create and open open, and how.</summary>
internal sealed class OpenOptions
{
    /// <summary>What follows the verb's own options in the usage texts, without the word for the log's path.</summary>
    public const string Usage =
        "[-R readonly] [-e <minor> stack on existing tapdisk for the parent chain] [-r turn on read caching into leaf node] [-2 <path> "
        + "use secondary image (in mirror mode if no -s)] [-s fail over to the secondary image on ENOSPC] [-t request timeout in seconds] "
        + "[-D no O_DIRECT] ";

    public const string Teaching = """
          -a    the image, as type:path; types: aio (raw file or block device), vhd, nbd, ...
          -R    read-only
          -D    through the page cache instead of O_DIRECT
          -e    minor of the tapdisk disk that serves the image's parents
          -r    read caching: what is read from the parents is stored in the image
          -2    secondary image, as type:path: a mirror of the writes, or with -s the place of writes once the first is full
          -t    seconds that a request may take
          -C    log of changed blocks

        """;

    private string? _image;
    private string _secondary = "";
    private int _parent = TapdiskParams.NoParent;
    private ushort _requestTimeout;
    private TapdiskMessageFlags _flags;

    public bool IsComplete => _image is not null;

    public string LogPath { get; private set; } = "";

    public void Take(char option, string argument)
    {
        switch (option)
        {
            case 'a':
                _image = argument;
                break;
            case 'R':
                _flags |= TAPDISK_MESSAGE_FLAG_RDONLY;
                break;
            case 'D':
                _flags |= TAPDISK_MESSAGE_FLAG_NO_O_DIRECT;
                break;
            case 'r':
                _flags |= TAPDISK_MESSAGE_FLAG_ADD_LCACHE;
                break;
            case 'e':
                _flags |= TAPDISK_MESSAGE_FLAG_REUSE_PRT;
                _parent = Number.Minor(argument, "-e") ?? TapdiskParams.NoParent;
                break;
            case '2':
                _flags |= TAPDISK_MESSAGE_FLAG_SECONDARY;
                _secondary = argument;
                break;
            case 's':
                _flags |= TAPDISK_MESSAGE_FLAG_STANDBY;
                break;
            case 't':
                _requestTimeout = Number.RequestTimeout(argument);
                break;
            case 'C':
                _flags |= TAPDISK_MESSAGE_FLAG_ADD_LOG;
                LogPath = argument;
                break;
        }
    }

    /// <summary>The request to open the image as a minor's disk.</summary>
    public TapdiskRequest.Open Request(ushort minor, EncryptionKey? key = null) => new(
        minor,
        new TapdiskParams
        {
            Flags = key is null ? _flags : _flags | TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED,
            DevNum = minor,
            Path = _image!,
            ParentMinor = _parent,
            RequestTimeout = _requestTimeout,
            Secondary = _secondary,
        },
        LogPath,
        key);
}
