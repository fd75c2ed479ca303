using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>What is wrong with a document, and where.</summary>
/// <param name="Clause">The name of the broken rule, e.g. <c>ProcCwdAbs</c>.</param>
/// <param name="Pointer">The JSON pointer (RFC 6901) of the value; empty is the document itself.</param>
/// <param name="Message">What is wrong, without the place.</param>
/// <param name="Offset">The byte of the document where the value begins; -1 where only the pointer is known.</param>
public sealed record Finding(string Clause, string Pointer, string Message, int Offset = -1)
{
    /// <summary>Whether the document can be used all the same.</summary>
    public bool IsWarning { get; init; }
}

/// <summary>A document that was read: the record, or what is wrong.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="Value">The record; null where the text could not be read to its end.</param>
/// <param name="Findings">All faults, in the order of the document.</param>
public sealed record SpecDocument<T>(T? Value, ImmutableArray<Finding> Findings)
    where T : class
{
    /// <summary>Whether a fault forbids the use of the document.</summary>
    public bool Failed
    {
        get
        {
            foreach (Finding finding in Findings)
            {
                if (!finding.IsWarning)
                {
                    return true;
                }
            }

            return Value is null;
        }
    }
}
