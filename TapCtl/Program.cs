using System.Runtime.InteropServices;
using System.Net.Sockets;
using System.Text;
if (args[0] == "null") return 0;
if (args[0] == "sock")
{
    using var s = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    try { s.Connect(new UnixDomainSocketEndPoint("/run/blktap-control/ctl1")); } catch (SocketException) { }
    Console.Out.Write("x");
    return 0;
}
int fd = L.socket(1, 1, 0);
byte[] a = new byte[110]; a[0] = 1; Encoding.UTF8.GetBytes("/run/blktap-control/ctl1", a.AsSpan(2));
unsafe { fixed (byte* p = a) _ = L.connect(fd, p, 110); }
if (args[0] == "con") { Console.Out.Write("x"); return 0; }
using var f = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(1, false), FileAccess.Write, 0);
f.Write("x"u8);
return 0;

static unsafe partial class L
{
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)] public static extern int socket(int a, int b, int c);
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)] public static extern int connect(int a, byte* b, int c);
}
