using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers;

/// <summary>An image that can become zero without being sent zeroes.</summary>
public interface IWriteZeroes
{
    /// <summary>The range reads as zeroes afterwards.</summary>
    /// <returns>
    /// 0, −EOPNOTSUPP if <see cref="WriteOptions.Fast"/> is asked and it would be as slow as writing, or another negative errno.
    /// </returns>
    IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options);
}
