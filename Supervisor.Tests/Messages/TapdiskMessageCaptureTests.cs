using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Messages.TapdiskMessageLayout;

namespace Tapvisor.Tests.Messages;

/// <summary>The codec against every byte that upstream's programs exchanged.</summary>
public sealed class TapdiskMessageCaptureTests
{
    /// <summary>Raw connections whose bytes are no request: upstream answers EINVAL, or nothing.</summary>
    private static readonly string[] Malformed =
    [
        "raw-idle-timeout.1", "raw-short-close.1", "raw-short-hang.1", "raw-path-unterminated.1",
        "raw-type-0.1", "raw-type-8.1", "raw-type-31.1",
    ];

    public static TheoryData<string> Requests => [.. Capture.All.Select(c => c.Name).Except(Malformed)];

    public static TheoryData<string> MalformedRequests => [.. Malformed];

    public static TheoryData<string> Responses => [.. Capture.All.Where(c => c.Response.Length > 0).Select(c => c.Name)];

    /// <summary>
    /// Upstream's tap-ctl sends a log path in 256 bytes of stack that it does not clear; that tail, and nothing else, differs.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void A_captured_request_is_reproduced_exactly_but_for_what_the_stack_left_behind_a_log_path(string name)
    {
        byte[] captured = Find(name).Request;
        TapdiskRequest request = TapdiskMessageCodec.DecodeRequest(captured);
        byte[] expected = [.. captured];
        string logPath = (request as TapdiskRequest.Open)?.LogPath ?? (request as TapdiskRequest.Resume)?.LogPath ?? "";
        if (logPath.Length > 0)
            expected.AsSpan(MessageLength + logPath.Length, LogPathLength - logPath.Length).Clear();
        Assert.Equal(expected, TapdiskMessageCodec.Encode(request));
    }

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public void A_malformed_request_is_EINVAL(string name)
    {
        var error = Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(Find(name).Request));
        Assert.Equal(Errno.EINVAL, error.Errno);
    }

    /// <summary>
    /// Upstream builds all messages of one LIST answer in the same buffer and clears only the first byte of the path and nothing of the
    /// state, so each message has behind its own path's NUL what the message before left there. That, and nothing else, differs.
    /// </summary>
    [Theory]
    [MemberData(nameof(Responses))]
    public void A_captured_answer_is_reproduced_exactly_but_for_what_LIST_leaves_behind_a_path(string name)
    {
        byte[] captured = Find(name).Response;
        byte[] previous = new byte[MessageLength];
        while (captured.Length > 0)
        {
            int length = TapdiskMessageCodec.ResponseLength(captured);
            TapdiskResponse response = TapdiskMessageCodec.DecodeResponse(captured.AsSpan(0, length));
            byte[] encoded = TapdiskMessageCodec.Encode(response);
            if (response is TapdiskResponse.List list)
            {
                int leftOver = ListPath + list.Path.Length + 1;
                previous.AsSpan(leftOver, ListPath + StringLength - leftOver).CopyTo(encoded.AsSpan(leftOver));
            }

            Assert.Equal(captured[..length], encoded);
            previous = encoded;
            captured = captured[length..];
        }
    }

    private static Capture Find(string name) => Capture.All.Single(c => c.Name == name);
}
