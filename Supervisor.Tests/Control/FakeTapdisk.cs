using System.Net.Sockets;
using Tapvisor.Control;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Control;

/// <summary>
/// A control socket that answers as it is told: one request per connection, then it hangs up, as a tapdisk does. Where the answer is null
/// it says nothing and keeps the connection.
/// </summary>
internal sealed class FakeTapdisk : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _silent = [];
    private readonly Func<byte[], byte[]?> _answer;
    private readonly Thread _thread;

    public FakeTapdisk(ControlDirectory directory, int pid, Func<byte[], byte[]?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(directory.ControlSocket(pid)));
        _listener.Listen();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>What was received, each request with what followed it.</summary>
    public List<byte[]> Requests { get; } = [];

    /// <summary>Answers PID with this number, and everything else with what <paramref name="answer"/> says.</summary>
    public static Func<byte[], byte[]?> WithPid(int pid, Func<TapdiskRequest, TapdiskResponse> answer) => bytes =>
        TapdiskMessageCodec.Encode(TapdiskMessageCodec.DecodeRequest(bytes) switch
        {
            TapdiskRequest.Pid request => new TapdiskResponse.Pid(request.Cookie, pid),
            var request => answer(request),
        });

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        foreach (Socket socket in _silent)
            socket.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            byte[] request = Receive(connection);
            lock (Requests)
                Requests.Add(request);
            if (_answer(request) is { } response)
            {
                connection.Send(response);
                connection.Dispose();
            }
            else
            {
                _silent.Add(connection);
            }
        }
    }

    private static byte[] Receive(Socket connection)
    {
        byte[] buffer = new byte[TapdiskMessageLayout.MaxRequestLength];
        int received = 0;
        while (received < TapdiskMessageCodec.RequestLength(buffer.AsSpan(0, received)))
        {
            int n = connection.Receive(buffer.AsSpan(received));
            if (n == 0)
                break;
            received += n;
        }

        return buffer[..received];
    }
}
