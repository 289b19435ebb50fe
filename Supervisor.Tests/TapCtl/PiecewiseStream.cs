namespace Tapvisor.Tests.TapCtl;

/// <summary>Gives its bytes a few at a time, and fails who waits for an end that a caller may never send.</summary>
internal sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream
{
    private int _given;

    public override int Read(Span<byte> buffer)
    {
        int length = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - _given);
        Assert.True(length > 0, "the key is complete, but more is read");
        bytes.AsSpan(_given, length).CopyTo(buffer);
        _given += length;
        return length;
    }
}
