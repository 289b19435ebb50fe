namespace Tapvisor.CommandLine;

/// <summary>
/// getopt(3) as glibc has it, for short options: options may be joined and mixed with operands, "--" ends them, and the complaints are
/// glibc's word for word. Scripts match those texts, and no library writes them. Besides, "--help" is understood anywhere among the
/// options.
/// </summary>
/// <param name="program">What complaints begin with.</param>
/// <param name="options">The option characters; a colon follows those that take an argument.</param>
/// <param name="arguments">The command line behind the program's name.</param>
/// <param name="complaints">Where complaints go.</param>
public sealed class Getopt(string program, string options, string[] arguments, TextWriter complaints)
{
    /// <summary>All options are read.</summary>
    public const int End = -1;

    /// <summary>--help.</summary>
    public const int Help = -2;

    private readonly List<string> _operands = [];
    private int _next;
    private string _joined = "";

    /// <summary>The last option's argument.</summary>
    public string Argument { get; private set; } = "";

    /// <summary>What is neither option nor argument of one; complete at the end.</summary>
    public IReadOnlyList<string> Operands => _operands;

    /// <summary>The next option's character, '?' for a wrong one, <see cref="Help"/> or <see cref="End"/>.</summary>
    public int Next()
    {
        while (_joined.Length == 0)
        {
            if (_next == arguments.Length)
                return End;
            string argument = arguments[_next++];
            if (argument == "--help")
                return Help;
            if (argument == "--")
            {
                _operands.AddRange(arguments[_next..]);
                _next = arguments.Length;
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                _joined = argument[1..];
            }
            else
            {
                _operands.Add(argument);
            }
        }

        char option = _joined[0];
        _joined = _joined[1..];
        int at = option == ':' ? -1 : options.IndexOf(option, StringComparison.Ordinal);
        if (at < 0)
        {
            complaints.Write($"{program}: invalid option -- '{option}'\n");
            return '?';
        }

        return at + 1 < options.Length && options[at + 1] == ':' && !TakeArgument(option) ? '?' : option;
    }

    private bool TakeArgument(char option)
    {
        if (_joined.Length == 0 && _next == arguments.Length)
        {
            complaints.Write($"{program}: option requires an argument -- '{option}'\n");
            return false;
        }

        Argument = _joined.Length > 0 ? _joined : arguments[_next++];
        _joined = "";
        return true;
    }
}
