using System.Globalization;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.TapCtl;

/// <summary>
/// Numbers on the command line. Upstream takes atoi's word for them, which makes minor 0 of any typing error and minor 1 of 65537; here
/// they are EINVAL. A -1 counts as not given, as it does upstream.
/// </summary>
internal static class Number
{
    private const int NotGiven = -1;

    public static int? Pid(string text) => Parse("-p", "a pid", text, NotGiven, int.MaxValue) is >= 0 and int pid ? pid : null;

    /// <summary>The last minor stands for all of them in messages.</summary>
    public static int? Minor(string text, string option = "-m") =>
        Parse(option, "a minor", text, NotGiven, TapdiskMessageLayout.AllMinors - 1) is >= 0 and int minor ? minor : null;

    public static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(Parse("-t", "a number of seconds", text, 0, int.MaxValue));

    public static ushort RequestTimeout(string text) => (ushort)Parse("-t", "a number of seconds", text, 0, ushort.MaxValue);

    public static int Parse(string option, string what, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw new ControlException(Errno.EINVAL, $"{option} wants {what} from {Math.Max(minimum, 0)} to {maximum}, not '{text}'");
}
