using BenchmarkDotNet.Attributes;
using Tapvisor.Formats.Crypto;

namespace Tapvisor.Benchmarks.Crypto;

/// <summary>
/// Time and managed memory of one request on an encrypted disk. In this process, so that no generated project has to be built under
/// this repository's strict settings.
/// </summary>
[InProcess]
[MemoryDiagnoser]
public class SectorCipherBenchmarks
{
    private SectorCipher? _cipher;
    private byte[] _data = [];

    /// <summary>Bytes of the key.</summary>
    [Params(32, 64)]
    public int KeyLength { get; set; }

    /// <summary>Bytes of the request.</summary>
    [Params(512, 4096, 65536)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _cipher = SectorCipher.Create([.. Enumerable.Range(0, KeyLength).Select(i => (byte)i)]);
        _data = GC.AllocateArray<byte>(Length, pinned: true);
    }

    [GlobalCleanup]
    public void Cleanup() => _cipher?.Dispose();

    [Benchmark]
    public void Encrypt() => _cipher!.Encrypt(0, _data, _data);

    [Benchmark]
    public void Decrypt() => _cipher!.Decrypt(0, _data, _data);
}
