using System.Globalization;
using Tapvisor.Messages;
using Tapvisor.Tests.Control;
using Tapvisor.Tests.Messages;

namespace Tapvisor.Tests.TapCtl;

/// <summary>
/// Plays the tapdisks of one captured command: answers each request with what upstream's tapdisk answered to its like, and keeps the
/// requests. create and spawn meet a service that runs already, instead of a tapdisk of their own.
/// </summary>
internal sealed class CapturedConversation
{
    private const int ServicePid = 4242;

    private readonly Dictionary<int, List<Capture>> _expected = [];
    private readonly List<FakeTapdisk> _tapdisks = [];

    public CapturedConversation(CapturedCommand command, TemporaryControlDirectory temporary)
    {
        IReadOnlyList<Capture> captures = Capture.Of(command.Label);
        if (command.Args is ["create", ..] or ["spawn", ..])
        {
            string printed = command.Args[0] == "spawn" ? string.Concat(command.Stdout.Where(char.IsAsciiDigit)) : "";
            int pid = printed.Length > 0 ? int.Parse(printed, CultureInfo.InvariantCulture) : ServicePid;
            _expected[pid] = [.. captures];
            _tapdisks.Add(temporary.AddService(pid, request => Answer(pid, request)));
            return;
        }

        List<int> pids = [.. captures.Where(IsPid).Select(PidOf)];
        int lists = 0;
        int asked = 0;
        foreach (Capture capture in captures)
        {
            int pid = IsPid(capture) ? pids[asked++] : command.Pid ?? pids[lists++];
            if (!_expected.TryGetValue(pid, out List<Capture>? own))
                _expected[pid] = own = [];
            own.Add(capture);
        }

        foreach (int pid in _expected.Keys)
            _tapdisks.Add(temporary.AddTapdisk(pid, request => Answer(pid, request)));
    }

    /// <summary>What upstream sent, without what its stack left behind log paths, in an order of no meaning.</summary>
    public IEnumerable<string> CapturedRequests => Sorted(_expected.Values.SelectMany(own => own).Select(capture => capture.Request));

    public IEnumerable<string> SeenRequests => Sorted(_tapdisks.SelectMany(tapdisk => tapdisk.Requests));

    private byte[] Answer(int pid, byte[] request)
    {
        lock (_expected)
        {
            Capture? like = _expected[pid].FirstOrDefault(c => c.Request[0] == request[0]);
            return like?.Response ?? TapdiskMessageCodec.Encode(TapdiskMessageCodec.DecodeRequest(request) switch
            {
                TapdiskRequest.Pid => new TapdiskResponse.Pid(0, pid),
                TapdiskRequest.Pause pause => new TapdiskResponse.Pause(pause.Cookie),
                var other => new TapdiskResponse.Error(other.Cookie, Tapvisor.Native.Errno.ENOSYS, "not captured"),
            });
        }
    }

    private static int PidOf(Capture capture) => ((TapdiskResponse.Pid)TapdiskMessageCodec.DecodeResponse(capture.Response)).TapdiskPid;

    private static bool IsPid(Capture capture) => capture.Request[0] == (byte)TapdiskMessageType.TAPDISK_MESSAGE_PID;

    private static IEnumerable<string> Sorted(IEnumerable<byte[]> requests) =>
        requests.Select(r => Convert.ToHexString(Normalized(r))).Order(StringComparer.Ordinal);

    private static byte[] Normalized(byte[] request) => TapdiskMessageCodec.Encode(TapdiskMessageCodec.DecodeRequest(request));
}
