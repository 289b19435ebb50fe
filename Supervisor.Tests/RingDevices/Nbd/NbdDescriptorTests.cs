namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>Descriptors passed by a real client, as upstream's users do it.</summary>
public sealed class NbdDescriptorTests
{
    // A socket pair: one end goes to the receiver, the other is spoken to.
    private static readonly string[] s_prologue =
    [
        "import array, os, socket, struct, sys",
        "def give(path, fd, text=b'hello'):",
        "    s = socket.socket(socket.AF_UNIX)",
        "    s.connect(path)",
        "    s.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])",
        "    assert s.recv(1) == b'', 'the receiver answers'",
        "def pair(path):",
        "    ours, theirs = socket.socketpair()",
        "    give(path, theirs.fileno())",
        "    theirs.close()",
        "    return ours",
        "def get(s, n):",
        "    data = b''",
        "    while len(data) < n:",
        "        part = s.recv(n - len(data))",
        "        assert part, 'end of stream'",
        "        data += part",
        "    return data",
        "def request(s, command, offset, length, data=b''):",
        "    s.sendall(struct.pack('>IHHQQI', 0x25609513, 0, command, 7, offset, length) + data)",
        "def reply(s):",
        "    magic, error, cookie = struct.unpack('>IIQ', get(s, 16))",
        "    assert magic == 0x67446698 and cookie == 7, (hex(magic), cookie)",
        "    return error",
        "def newstyle(s):",
        "    assert get(s, 18) == b'NBDMAGICIHAVEOPT\\0\\3'",
        "    s.sendall(struct.pack('>I', 3) + struct.pack('>8sII', b'IHAVEOPT', 1, 15) + b'tapdisk_client\\0')",
        "    return struct.unpack('>QH', get(s, 10))",
    ];

    [SkippableFact]
    public void A_passed_descriptor_is_greeted_in_newstyle_again_after_each_disconnect()
    {
        using LiveDisk disk = Serve();
        Run(
            $"s = pair('{disk.Paths.Receiver}')",
            "for i in range(20):",
            "    assert newstyle(s)[0] == 16 << 20",
            "    request(s, 1, i * 512, 512, bytes([i + 1]) * 512)",
            "    assert reply(s) == 0",
            "    request(s, 0, i * 512, 512)",
            "    assert reply(s) == 0 and get(s, 512) == bytes([i + 1]) * 512",
            "    request(s, 2, 0, 0)",
            "assert newstyle(s)[0] == 16 << 20");
        Assert.Empty(disk.Log.Complaints);
    }

    [SkippableFact]
    public void A_passed_descriptor_speaks_oldstyle_where_that_is_asked()
    {
        using LiveDisk disk = Serve();
        Run(
            $"s = pair('{disk.Paths.OldReceiver}')",
            "for i in range(3):",
            "    greeting = get(s, 152)",
            "    magic, style, size, flags = struct.unpack('>8sQQI', greeting[:28])",
            "    assert (magic, style, size) == (b'NBDMAGIC', 0x420281861253, 16 << 20), greeting",
            "    assert flags == 0x96d, hex(flags)",
            "    assert greeting[28:] == bytes(124)",
            "    request(s, 0, 0, 4096)",
            "    assert reply(s) == 0 and get(s, 4096) == bytes(4096)",
            "    request(s, 2, 0, 0)");
        Assert.Empty(disk.Log.Complaints);
    }

    [SkippableFact]
    public void Libnbd_talks_on_a_passed_descriptor()
    {
        string python = Peer.RequireLibnbd();
        using LiveDisk disk = Serve();
        RunBy(
            python,
            "import nbd",
            $"s = pair('{disk.Paths.Receiver}')",
            "h = nbd.NBD()",
            "h.connect_socket(os.dup(s.fileno()))",
            "h.pwrite(b'z' * 512, 0)",
            "assert h.pread(512, 0) == b'z' * 512");
    }

    [SkippableFact]
    public void A_receiver_lives_on_after_messages_without_descriptor_and_with_useless_ones()
    {
        using LiveDisk disk = Serve();
        Run(
            "s = socket.socket(socket.AF_UNIX)",
            $"s.connect('{disk.Paths.Receiver}')",
            "s.sendall(b'nothing for you')",
            "assert s.recv(1) == b''",
            "s = socket.socket(socket.AF_UNIX)",
            $"s.connect('{disk.Paths.Receiver}')",
            "s.close()",
            $"give('{disk.Paths.Receiver}', os.open('/dev/null', os.O_RDWR))",
            "r, w = os.pipe()",
            $"give('{disk.Paths.Receiver}', r)",
            $"s = pair('{disk.Paths.Receiver}')",
            "newstyle(s)");
    }

    [SkippableFact]
    public void Silent_passers_block_nobody()
    {
        using LiveDisk disk = Serve();
        Run(
            "silent = []",
            "for i in range(5):",
            "    silent.append(socket.socket(socket.AF_UNIX))",
            $"    silent[-1].connect('{disk.Paths.Receiver}')",
            $"s = pair('{disk.Paths.Receiver}')",
            "newstyle(s)");
    }

    private static LiveDisk Serve()
    {
        Peer.Require("python3");
        return new LiveDisk();
    }

    private static void Run(params string[] lines) => RunBy("python3", lines);

    private static void RunBy(string python, params string[] lines) =>
        Peer.Run(python, "-c", string.Join('\n', s_prologue.Concat(lines)));
}
