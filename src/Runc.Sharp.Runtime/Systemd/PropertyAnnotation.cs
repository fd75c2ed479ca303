using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>
/// Reads <c>org.systemd.property.NAME</c>: a property of the unit that the document gives, its value in the text form of D-Bus values:
/// <c>'text'</c>, <c>true</c>, <c>5</c>, <c>uint64 5</c>, <c>@au [1, 2]</c>. A name in <c>…Sec</c> is the one in <c>…USec</c>, in seconds. As runc has it.
/// </summary>
internal ref struct PropertyAnnotation
{
    private const string Prefix = "org.systemd.property.";
    private readonly string _pointer;
    private ReadOnlySpan<char> _rest;

    private PropertyAnnotation(string pointer, string value)
    {
        _pointer = pointer;
        _rest = value;
    }

    /// <summary>Reads all annotations: what is wrong with one is the document's fault, and told before anything is made.</summary>
    /// <returns>The properties, in their order.</returns>
    /// <exception cref="RuntimeException">The name or the value of one is malformed.</exception>
    internal static List<UnitProperty> ReadAll(ImmutableArray<KeyValuePair<string, string>> annotations)
    {
        var list = new List<UnitProperty>(0);
        foreach ((string key, string value) in annotations)
        {
            if (Read(key, value) is { } property)
            {
                list.Add(property);
            }
        }

        return list;
    }

    /// <summary>Reads one annotation.</summary>
    /// <returns>Null where it is about something else.</returns>
    /// <exception cref="RuntimeException">The name or the value is malformed.</exception>
    internal static UnitProperty? Read(string key, string value)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string name = key[Prefix.Length..];
        string pointer = "/annotations/" + WriteTarget.Escaped(key);
        if (name.Length < 3 || name.AsSpan().ContainsAnyExceptInRange('A', 'z') || name.AsSpan().ContainsAnyInRange('[', '`'))
        {
            throw new RuntimeException(pointer, "annotation name incorrect: a property of systemd has at least three letters and nothing else");
        }

        var text = new PropertyAnnotation(pointer, value);
        object read = text.Value(null);
        text.Blanks();
        if (!text._rest.IsEmpty)
        {
            throw text.Malformed();
        }

        return name.EndsWith("Sec", StringComparison.Ordinal) && !name.EndsWith("USec", StringComparison.Ordinal)
            ? new UnitProperty(name[..^3] + "USec", text.Microseconds(read), Needed: true, pointer)
            : new UnitProperty(name, read, Needed: true, pointer);
    }

    private readonly RuntimeException Malformed() => new(_pointer, "value parse error: expected 'text', true, a number, or one of these behind its type, such as uint64 5 or @as ['a', 'b']");

    private readonly ulong Microseconds(object value)
    {
        double seconds = value switch
        {
            byte or short or ushort or int or uint or long or ulong or double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => throw new RuntimeException(_pointer, "a time must be a number of seconds"),
        };
        return seconds >= 0 && seconds * 1e6 < ulong.MaxValue ? (ulong)(seconds * 1e6) : throw new RuntimeException(_pointer, "a time must be a number of seconds");
    }

    private void Blanks() => _rest = _rest.TrimStart();

    private object Value(string? type)
    {
        Blanks();
        if (_rest.IsEmpty)
        {
            throw Malformed();
        }

        if (_rest[0] == '@')
        {
            int blank = _rest.IndexOf(' ');
            string given = blank > 1 && type is null ? _rest[1..blank].ToString() : throw Malformed();
            _rest = _rest[blank..];
            return Value(given);
        }

        if (_rest[0] is '\'' or '"')
        {
            return type is null or "s" or "o" ? Quoted() : throw Malformed();
        }

        return _rest[0] == '[' ? List(type) : Word(type);
    }

    private object Word(string? type)
    {
        int length = 0;
        while (length < _rest.Length && (char.IsAsciiLetterOrDigit(_rest[length]) || _rest[length] is '.' or '+' or '-'))
        {
            length++;
        }

        ReadOnlySpan<char> word = _rest[..length];
        string? named = word switch
        {
            "byte" => "y",
            "boolean" => "b",
            "int16" => "n",
            "uint16" => "q",
            "int32" => "i",
            "uint32" => "u",
            "int64" => "x",
            "uint64" => "t",
            "double" => "d",
            "string" => "s",
            _ => null,
        };
        _rest = _rest[length..];
        if (named is not null && type is null)
        {
            return Value(named);
        }

        if (word is "true" or "false")
        {
            return type is null or "b" ? word is "true" : throw Malformed();
        }

        return Number(word, type ?? (word.ContainsAny('.', 'e', 'E') ? "d" : "i"));
    }

    private readonly object Number(ReadOnlySpan<char> word, string type)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type switch
        {
            "y" when byte.TryParse(word, Whole, culture, out byte number) => (object)number, // else all would be widened to double
            "n" when short.TryParse(word, Whole, culture, out short number) => number,
            "q" when ushort.TryParse(word, Whole, culture, out ushort number) => number,
            "i" when int.TryParse(word, Whole, culture, out int number) => number,
            "u" when uint.TryParse(word, Whole, culture, out uint number) => number,
            "x" when long.TryParse(word, Whole, culture, out long number) => number,
            "t" when ulong.TryParse(word, Whole, culture, out ulong number) => number,
            "d" when double.TryParse(word, NumberStyles.Float, culture, out double number) => number,
            _ => throw Malformed(),
        };
    }

    private DBusArray List(string? type)
    {
        string? element = type is null ? null : type is ['a', _] && "bynqiuxtds".Contains(type[1], StringComparison.Ordinal) ? type[1..] : throw Malformed();
        var items = new List<object>();
        _rest = _rest[1..];
        while (true)
        {
            Blanks();
            if (_rest.StartsWith("]") && (items.Count == 0 || element is not null))
            {
                break;
            }

            object item = Value(element);
            if (item is DBusArray)
            {
                throw Malformed(); // arrays of arrays: no property of a scope has such a value
            }

            element ??= DBusWriter.SignatureOf(item);
            items.Add(DBusWriter.SignatureOf(item) == element ? item : throw Malformed());
            Blanks();
            if (_rest.StartsWith("]"))
            {
                break;
            }

            _rest = _rest.StartsWith(",") ? _rest[1..] : throw Malformed();
        }

        _rest = _rest[1..];
        return new DBusArray(element ?? throw Malformed(), [.. items]);
    }

    private string Quoted()
    {
        char quote = _rest[0];
        var text = new StringBuilder();
        for (int at = 1; at < _rest.Length; at++)
        {
            char letter = _rest[at];
            if (letter == quote)
            {
                _rest = _rest[(at + 1)..];
                return text.ToString();
            }

            if (letter != '\\')
            {
                text.Append(letter);
                continue;
            }

            at++;
            text.Append(at >= _rest.Length ? throw Malformed() : _rest[at] switch
            {
                'n' => '\n',
                't' => '\t',
                '\\' or '\'' or '"' => _rest[at],
                _ => throw Malformed(),
            });
        }

        throw Malformed();
    }
}
