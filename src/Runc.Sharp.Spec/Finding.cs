namespace Runc.Sharp.Spec;

/// <summary>How much a finding weighs.</summary>
public enum Severity
{
    /// <summary>The document is refused.</summary>
    Error,

    /// <summary>The document is accepted, and the user told.</summary>
    Warning,
}

/// <summary>One fault of a document.</summary>
/// <param name="Clause">The rule that is broken, by the name that runtime-tools gives it where it has one, e.g. <c>ProcCwdAbs</c>.</param>
/// <param name="Pointer">The place, as a JSON pointer (RFC 6901), e.g. <c>/mounts/3/destination</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong, to be read after the place: <c>must be absolute, is 'tmp'</c>.</param>
/// <param name="Line">The line of the file, from 1; null where the document's bytes were not at hand.</param>
/// <param name="Column">The character within the line, from 1; null where the document's bytes were not at hand.</param>
/// <param name="Severity">Whether the document is refused for it.</param>
public sealed record Finding(string Clause, string Pointer, string Message, int? Line = null, int? Column = null, Severity Severity = Severity.Error)
{
    /// <summary>Whether the document can be used all the same.</summary>
    public bool IsWarning => Severity == Severity.Warning;
}
