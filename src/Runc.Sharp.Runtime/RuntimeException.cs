using System;
using System.Collections.Immutable;
using System.Text;

namespace Runc.Sharp.Runtime;

/// <summary>Why a verb could not be done: one sentence for the person who asked.</summary>
/// <param name="message">The sentence; lower case, no full stop.</param>
public sealed class RuntimeException(string message) : Exception(message)
{
    /// <summary>What a property of a document asks that cannot be done.</summary>
    /// <param name="pointer">Its JSON pointer.</param>
    /// <param name="reason">Why not.</param>
    public RuntimeException(string pointer, string reason)
        : this([new Refusal(pointer, ": " + reason)])
    {
    }

    /// <summary>All that a document asks and cannot be done.</summary>
    /// <param name="refusals">At least one.</param>
    public RuntimeException(ImmutableArray<Refusal> refusals)
        : this(Sentence(refusals)) => Refusals = refusals;

    /// <summary>The same by place, for who has the text at hand; empty where it is about no document.</summary>
    public ImmutableArray<Refusal> Refusals { get; } = [];

    private static string Sentence(ImmutableArray<Refusal> refusals)
    {
        var text = new StringBuilder();
        foreach (Refusal refusal in refusals)
        {
            text.Append(text.Length == 0 ? string.Empty : "; ").Append(refusal.Pointer).Append(refusal.Reason);
        }

        return text.ToString();
    }
}

/// <summary>What one property of a document asks that cannot be done.</summary>
/// <param name="Pointer">Its JSON pointer.</param>
/// <param name="Reason">What follows it in the sentence: <c>: …</c>, or a blank and a verb.</param>
public readonly record struct Refusal(string Pointer, string Reason);
