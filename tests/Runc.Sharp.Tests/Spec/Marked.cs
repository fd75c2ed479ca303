using System;
using System.Text;

namespace Runc.Sharp.Tests.Spec;

/// <summary>A document in which the sign ¦ marks where a fault is expected.</summary>
internal sealed class Marked
{
    internal Marked(string text)
    {
        int mark = text.IndexOf('¦', StringComparison.Ordinal);
        string before = text[..mark];
        Bytes = Encoding.UTF8.GetBytes(text.Remove(mark, 1));
        Line = before.Split('\n').Length;
        Column = before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes().GetEnumerator() is var runes ? Count(runes) + 1 : 0;
    }

    internal byte[] Bytes { get; }

    internal int Line { get; }

    internal int Column { get; }

    private static int Count(StringRuneEnumerator runes)
    {
        int count = 0;
        while (runes.MoveNext())
        {
            count++;
        }

        return count;
    }
}
