using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>What came out of reading a document: the record, or the reasons why there is none.</summary>
/// <typeparam name="T">The record the document is read into.</typeparam>
public sealed record SpecDocument<T>
    where T : class
{
    /// <summary>The document; null where a finding is an error.</summary>
    public required T? Value { get; init; }

    /// <summary>Errors and warnings, in the order of the document.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>Whether the document is refused.</summary>
    public bool Failed => Value is null;
}
