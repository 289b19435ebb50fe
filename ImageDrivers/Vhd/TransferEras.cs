using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Tells when every transfer that had begun at some moment has ended, for the price of a counter each: they are counted by the era that
/// they begin in, and there are two eras, of which one lasts until nothing of the other is left.
/// </summary>
internal sealed class TransferEras
{
    private readonly int[] _active = new int[2];
    private readonly IoGate _ended = new();
    private int _era;

    /// <summary>A transfer begins, with its place already chosen.</summary>
    /// <returns>What to give to <see cref="Leave"/>.</returns>
    internal int Enter()
    {
        _active[_era]++;
        return _era;
    }

    /// <summary>A transfer ended.</summary>
    internal void Leave(int era)
    {
        if (--_active[era] == 0 && era != _era)
            _ended.Open();
    }

    /// <summary>Waits for all transfers that have begun; one caller at a time.</summary>
    /// <returns>0.</returns>
    internal async IoTask<int> PassAsync()
    {
        int era = _era;
        _era ^= 1;
        while (_active[era] > 0)
            await _ended.WaitAsync();
        return 0;
    }
}
