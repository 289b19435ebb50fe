using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Makes configurations.</summary>
public class ConfigurationFactory
{
    private static readonly Lazy<Config> Reference = new(() => FromResource("Akka.Configuration.akka.conf"));

    public static Config Empty => Config.Empty;

    /// <summary>Reads HOCON that includes nothing.</summary>
    /// <exception cref="FormatException">The text is malformed; the message tells line and column.</exception>
    public static Config ParseString(string hocon) => new(Parser.Parse(hocon, null));

    /// <summary>Reads HOCON.</summary>
    /// <param name="hocon">The text.</param>
    /// <param name="includeCallback">
    /// Reads what the text includes, by the name in the include statement; use <see cref="Parser.Parse"/> in it.
    /// </param>
    /// <exception cref="FormatException">The text is malformed; the message tells line and column.</exception>
    public static Config ParseString(string hocon, Func<string, HoconRoot> includeCallback) => new(Parser.Parse(hocon, includeCallback));

    /// <summary>The configuration of the application; empty here, because there is no app.config to read.</summary>
    public static Config Load() => Empty;

    /// <summary>The defaults of the actor system.</summary>
    public static Config Default() => Reference.Value;

    private static Config FromResource(string name)
    {
        using Stream stream = typeof(ConfigurationFactory).Assembly.GetManifestResourceStream(name)
            ?? throw new ConfigurationException($"The resource '{name}' is missing");
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }
}
