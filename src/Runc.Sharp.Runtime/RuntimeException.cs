using System;
using System.Collections.Immutable;
using System.Text;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime;

/// <summary>Why a verb could not be done: one sentence for the person who asked.</summary>
/// <param name="message">The sentence; lower case, no full stop.</param>
public sealed class RuntimeException(string message) : Exception(message)
{
    /// <summary>What a document asks that cannot be done.</summary>
    /// <param name="findings">At least one.</param>
    public RuntimeException(ImmutableArray<Finding> findings)
        : this(Sentence(findings)) => Findings = findings;

    /// <summary>The same by place, for who has the text at hand; empty where it is about no document.</summary>
    public ImmutableArray<Finding> Findings { get; } = [];

    private static string Sentence(ImmutableArray<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (Finding finding in findings)
        {
            text.Append(text.Length == 0 ? string.Empty : "; ").Append(finding.Pointer).Append(' ').Append(finding.Message);
        }

        return text.ToString();
    }
}
