using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Writes values as HOCON that reads back the same.</summary>
internal static class HoconWriter
{
    private const int IndentWidth = 2;

    public static void Write(StringBuilder text, HoconValue value, int depth)
    {
        if (value.IsObject())
        {
            WriteObject(text, value, depth);
        }
        else if (value.IsArray())
        {
            WriteArray(text, value, depth);
        }
        else
        {
            text.Append(value.GetString() is { } content ? Quote(content) : "null");
        }
    }

    private static void WriteObject(StringBuilder text, HoconValue value, int depth)
    {
        if (depth > 0)
        {
            text.Append("{\n");
        }

        foreach ((string key, HoconValue field) in value.Fields)
        {
            text.Append(' ', depth * IndentWidth).Append(Quote(key)).Append(field.IsObject() ? " " : " : ");
            Write(text, field, depth + 1);
            text.Append('\n');
        }

        if (depth > 0)
        {
            text.Append(' ', (depth - 1) * IndentWidth).Append('}');
        }
    }

    private static void WriteArray(StringBuilder text, HoconValue value, int depth)
    {
        text.Append('[');
        for (int index = 0; index < value.Items.Count; index++)
        {
            text.Append(index == 0 ? "" : ",");
            Write(text, value.Items[index], depth + 1);
        }

        text.Append(']');
    }

    private static string Quote(string content)
    {
        bool plain = content.Length > 0 && content != "null" && content.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        if (plain)
        {
            return content;
        }

        var quoted = new StringBuilder("\"");
        foreach (char c in content)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
