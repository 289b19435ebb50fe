using System.Runtime.InteropServices;

namespace Tapvisor.Control;

/// <summary>A NULL-terminated char *[] in unmanaged memory.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    public NativeStrings(string[] strings)
    {
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Length + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Length; i++)
            Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
    }

    public byte** Pointers { get; }

    public void Dispose()
    {
        for (byte** p = Pointers; *p is not null; p++)
            Marshal.FreeCoTaskMem((nint)(*p));
        NativeMemory.Free(Pointers);
    }
}
