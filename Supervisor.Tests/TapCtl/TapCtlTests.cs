using System.Collections.Concurrent;
using System.Net.Sockets;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.Tests.Control;

namespace Tapvisor.Tests.TapCtl;

/// <summary>What tap-ctl does beyond the captured commands.</summary>
public sealed class TapCtlTests : IDisposable
{
    private const int Pid = 4711;

    private readonly TemporaryControlDirectory _temporary = new();
    private readonly ConcurrentQueue<TapdiskRequest> _seen = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_sentence_of_an_error_answer_comes_before_upstreams_line()
    {
        Answer(request => new TapdiskResponse.Error(request.Cookie, Errno.EBUSY, "aio:/a is open in process 12"));
        Assert.Equal(
            new TapCtlRun(Errno.EBUSY, "", "tap-ctl open: aio:/a is open in process 12\nDevice or resource busy\n"),
            Run("open", "-p", "4711", "-m", "3", "-a", "aio:/a"));
    }

    [Fact]
    public void A_negative_errno_in_an_answer_counts_as_positive()
    {
        Answer(request => new TapdiskResponse.Error(request.Cookie, -Errno.ENOSPC));
        Assert.Equal(new TapCtlRun(Errno.ENOSPC, "", "No space left on device\n"), Run("attach", "-p", "4711", "-m", "3"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void An_error_answer_without_a_proper_errno_is_no_success(int errno)
    {
        Answer(request => new TapdiskResponse.Error(request.Cookie, errno));
        Assert.Equal(Errno.EIO, Run("attach", "-p", "4711", "-m", "3").ExitCode);
    }

    [Fact]
    public void An_answer_to_another_question_is_an_error()
    {
        Answer(request => new TapdiskResponse.Pause(request.Cookie));
        TapCtlRun run = Run("close", "-p", "4711", "-m", "3");
        Assert.Equal(
            new TapCtlRun(Errno.EPROTO, "", "tap-ctl close: got unexpected result 'pause response' from 4711\nProtocol error\n"), run);
    }

    [Fact]
    public void A_tapdisk_that_hangs_up_is_EIO()
    {
        _temporary.AddTapdisk(Pid, _ => []);
        Assert.Equal(Errno.EIO, Run("close", "-p", "4711", "-m", "3").ExitCode);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("pause")]
    [InlineData("destroy")]
    public void A_timeout_ends_the_wait_for_a_silent_tapdisk(string verb)
    {
        _temporary.AddTapdisk(Pid, _ => null);
        Assert.Equal(Errno.ETIMEDOUT, Run(verb, "-p", "4711", "-m", "3", "-t", "0").ExitCode);
    }

    [Fact]
    public void List_leaves_out_a_tapdisk_that_does_not_answer_and_says_so()
    {
        _temporary.AddTapdisk(1, _ => null);
        Answer(_ => TapdiskResponse.List.End(TapdiskMessageLayout.AllMinors));
        TapCtlRun run = TapCtlRun.Of(_temporary.Directory, ["list"], patience: TimeSpan.FromMilliseconds(300));
        string warning = $"tap-ctl list: the tapdisk behind {_temporary.Directory.ControlSocket(1)} does not answer in time\n";
        Assert.Equal(new TapCtlRun(0, "pid=4711\n", warning), run);
    }

    [Fact]
    public void List_leaves_out_a_tapdisk_whose_queue_of_connections_is_full()
    {
        UnixDomainSocketEndPoint endPoint = new(_temporary.Directory.ControlSocket(1));
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endPoint);
        listener.Listen(0);
        using Socket waiting = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Connect(endPoint);
        TapCtlRun run = TapCtlRun.Of(_temporary.Directory, ["list"], patience: TimeSpan.FromMilliseconds(100));
        Assert.Equal(new TapCtlRun(0, "", "tap-ctl list: tapdisk 1 does not accept connections\n"), run);
    }

    [Fact]
    public void List_shows_more_disks_than_fit_into_upstreams_buffer()
    {
        const int Disks = 40;
        byte[] answer = [.. Enumerable.Range(0, Disks + 1).SelectMany(i => TapdiskMessageCodec.Encode(
            i == Disks ? TapdiskResponse.List.End(0) : new TapdiskResponse.List(0, Disks - i, i, VbdState.None, $"aio:/{i}")))];
        byte[] pid = TapdiskMessageCodec.Encode(new TapdiskResponse.Pid(0, Pid));
        _temporary.AddTapdisk(Pid, request => TapdiskMessageCodec.DecodeRequest(request) is TapdiskRequest.Pid ? pid : answer);
        string[] lines = Run("list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, Disks).Reverse().Select(i => $"pid=4711 minor={i} state=0 args=aio:/{i}"), lines);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("65537")]
    [InlineData("65535")]
    [InlineData("-2")]
    [InlineData("3q")]
    public void A_minor_that_is_none_is_EINVAL_and_reaches_no_disk(string minor)
    {
        Answer(request => new TapdiskResponse.Close(request.Cookie));
        Assert.Equal(
            new TapCtlRun(Errno.EINVAL, "", $"tap-ctl close: -m wants a minor from 0 to 65534, not '{minor}'\nInvalid argument\n"),
            Run("close", "-p", "4711", "-m", minor));
        Assert.Empty(_seen);
    }

    [Theory]
    [InlineData("crash", FaultKind.Crash, 0u)]
    [InlineData("hang", FaultKind.Hang, 0u)]
    [InlineData("clear", FaultKind.Clear, 0u)]
    [InlineData("error=5", FaultKind.Error, 5u)]
    [InlineData("error=ENOSPC", FaultKind.Error, 28u)]
    [InlineData("delay=250", FaultKind.Delay, 250u)]
    public void Inject_asks_the_service_for_a_fault(string fault, FaultKind kind, uint argument)
    {
        _temporary.AddService(Pid, Answers(request => new TapdiskResponse.Inject(request.Cookie)));
        Assert.Equal(new TapCtlRun(0, "", ""), Run("inject", "-m", "3", fault, "-o", "write", "-n", "2"));
        Assert.Equal([new TapdiskRequest.Inject(3, kind, FaultOperation.Write, argument, 2)], _seen);
    }

    [Theory]
    [InlineData("explode")]
    [InlineData("error=0")]
    [InlineData("error=ENOTHING")]
    [InlineData("delay=")]
    public void A_fault_that_is_none_is_EINVAL(string fault) => Assert.Equal(Errno.EINVAL, Run("inject", "-m", "3", fault).ExitCode);

    [Fact]
    public void Inject_without_a_service_is_ESRCH() => Assert.Equal(Errno.ESRCH, Run("inject", "-m", "3", "crash").ExitCode);

    [Theory]
    [InlineData(32, 32)]
    [InlineData(64, 64)]
    [InlineData(64, 5)]
    public void Open_reads_a_key_from_standard_input_even_in_pieces(int length, int piece)
    {
        Answer(request => new TapdiskResponse.Open(request.Cookie, default));
        byte[] key = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        using Stream input = new PiecewiseStream(key, piece);
        Assert.Equal(0, TapCtlRun.Of(_temporary.Directory, ["open", "-p", "4711", "-m", "3", "-a", "vhd:/a", "-E"], input: input).ExitCode);
        var open = Assert.IsType<TapdiskRequest.Open>(Assert.Single(_seen));
        Assert.Equal(new EncryptionKey(key), open.Key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(65)]
    public void A_key_of_another_size_exits_1_with_upstreams_sentence(int length)
    {
        using MemoryStream input = new(new byte[length]);
        TapCtlRun run = TapCtlRun.Of(_temporary.Directory, ["open", "-p", "4711", "-m", "3", "-a", "vhd:/a", "-E"], input: input);
        Assert.Equal(new TapCtlRun(1, "", "Unsupported keysize, use either 256 bit or 512 bit key\n"), run);
    }

    [Fact]
    public void A_second_E_exits_1_with_upstreams_sentence() =>
        Assert.Equal(new TapCtlRun(1, "", "Only supply -E once\n"), Run("open", "-p", "4711", "-m", "3", "-a", "vhd:/a", "-E", "-E"));

    [Fact]
    public void Create_takes_back_every_step_when_the_image_does_not_open()
    {
        _temporary.AddService(Pid, Answers(request => request switch
        {
            TapdiskRequest.Attach => new TapdiskResponse.Attach(request.Cookie),
            TapdiskRequest.Detach => new TapdiskResponse.Detach(request.Cookie),
            _ => new TapdiskResponse.Error(request.Cookie, Errno.ENOENT, "aio:/a: there is no such file"),
        }));
        TapCtlRun run = Run("create", "-a", "aio:/a");
        Assert.Equal(new TapCtlRun(Errno.ENOENT, "", "tap-ctl create: aio:/a: there is no such file\nNo such file or directory\n"), run);
        Assert.Equal(["attach", "open", "detach"], _seen.Select(request => request.Type.Describe()));
        Assert.Empty(_temporary.Minors.Find());
    }

    [Fact]
    public void Check_says_ok_when_a_service_runs()
    {
        _temporary.AddService(Pid, _ => null);
        Assert.Equal(new TapCtlRun(0, "ok\n", ""), Run("check"));
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("operand")]
    public void Check_takes_no_arguments(string argument) => Assert.Equal(Errno.EINVAL, Run("check", argument).ExitCode);

    [Fact]
    public void Major_prints_a_number()
    {
        TapCtlRun run = Run("major");
        Assert.True(int.TryParse(run.Output, out int major) && major >= 0, run.Output);
    }

    [Fact]
    public void Major_of_character_devices_is_EINVAL() => Assert.Equal(Errno.EINVAL, Run("major", "-c").ExitCode);

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    public void Help_teaches(string argument) => Assert.Contains("tap-ctl create -a", Run(argument).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("list")]
    [InlineData("allocate")]
    [InlineData("free")]
    [InlineData("create")]
    [InlineData("destroy")]
    [InlineData("spawn")]
    [InlineData("attach")]
    [InlineData("detach")]
    [InlineData("open")]
    [InlineData("close")]
    [InlineData("pause")]
    [InlineData("unpause")]
    [InlineData("stats")]
    [InlineData("major")]
    [InlineData("check")]
    [InlineData("inject")]
    public void Help_about_a_verb_has_its_usage_and_an_example(string verb)
    {
        TapCtlRun run = Run(verb, "--help");
        Assert.StartsWith($"usage: {verb}", run.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  tap-ctl {verb}", run.Output, StringComparison.Ordinal);
        Assert.Equal(run, Run("help", verb));
        Assert.Equal(0, run.ExitCode);
    }

    private TapCtlRun Run(params string[] arguments) => TapCtlRun.Of(_temporary.Directory, arguments);

    private void Answer(Func<TapdiskRequest, TapdiskResponse> answer) => _temporary.AddTapdisk(Pid, Answers(answer));

    private Func<byte[], byte[]?> Answers(Func<TapdiskRequest, TapdiskResponse> answer) => FakeTapdisk.WithPid(Pid, request =>
    {
        _seen.Enqueue(request);
        return answer(request);
    });
}
