using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>A document as it was written, for who must tell a person where in it something stands. Looked at for errors only.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">What is in it.</param>
/// <param name="Above">The JSON pointer of what the file holds, where that is a part of config.json: <c>/process</c>, <c>/mounts</c>.</param>
internal sealed record DocumentText(string Name, ReadOnlyMemory<byte> Bytes, string Above = "")
{
    /// <summary>The same failure, told with its places.</summary>
    internal RuntimeException Located(RuntimeException failure)
    {
        var text = new StringBuilder();
        foreach (Refusal refusal in failure.Refusals)
        {
            string pointer = Own(refusal.Pointer);
            text.Append(text.Length == 0 ? string.Empty : "; ").Append(Place(pointer)).Append(": ").Append(pointer.Length == 0 ? "the document" : pointer).Append(refusal.Reason);
        }

        return new RuntimeException(text.ToString());
    }

    /// <summary>The pointer into this file.</summary>
    internal string Own(string pointer) => pointer.StartsWith(Above, StringComparison.Ordinal) ? pointer[Above.Length..] : pointer;

    /// <summary>The file, the line and the column.</summary>
    /// <param name="pointer">As of <see cref="Own"/>.</param>
    internal string Place(string pointer)
    {
        (int line, int column) = SpecPositions.Find(Bytes.Span, pointer);
        return string.Create(CultureInfo.InvariantCulture, $"{Name}:{line}:{column}");
    }

    /// <summary>All errors of a document in one sentence.</summary>
    internal static string Sentence<T>(string name, SpecDocument<T> read)
        where T : class
    {
        var text = new StringBuilder();
        foreach (Finding finding in read.Findings)
        {
            if (!finding.IsWarning)
            {
                text.Append(text.Length == 0 ? string.Empty : "; ").Append(Sentence(name, finding));
            }
        }

        return text.ToString();
    }

    /// <summary>One finding with its place.</summary>
    internal static string Sentence(string name, Finding finding)
    {
        string place = finding.Line is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{finding.Line}:{finding.Column}");
        return string.Concat(place, ": ", finding.Pointer.Length == 0 ? "the document " : finding.Pointer + " ", finding.Message);
    }
}
