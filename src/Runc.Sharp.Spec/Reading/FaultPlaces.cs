using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Turns the byte offsets of faults into pointers, lines and columns. One more pass over the document, and only over a faulty one.</summary>
internal static class FaultPlaces
{
    /// <summary>The findings of the cursor's faults, in the order of the document.</summary>
    /// <param name="document">The text.</param>
    /// <param name="faults">What the cursor noted.</param>
    /// <param name="broken">Whether there is a fault of syntax too, to be looked for.</param>
    internal static List<Finding> Resolve(ReadOnlySpan<byte> document, List<Fault>? faults, bool broken)
    {
        var findings = new List<Finding>();
        if (document.Length > SpecReader.MaxBytes)
        {
            findings.Add(new Finding(faults![0].Clause, string.Empty, faults[0].Message, 1, 1));
            return findings;
        }

        var ordered = new List<Fault>(faults ?? []);
        ordered.Sort(static (one, other) => one.Offset.CompareTo(other.Offset));
        var tracker = new PointerTracker(document);
        var places = new LineCounter(document);
        int next = 0;
        while (next < ordered.Count && tracker.Read())
        {
            for (; next < ordered.Count && ordered[next].Offset < tracker.End; next++)
            {
                Add(findings, ordered[next], tracker.Pointer(), ref places);
            }
        }

        for (; next < ordered.Count; next++)
        {
            Add(findings, ordered[next], tracker.GapPointer(), ref places);
        }

        if (broken)
        {
            while (tracker.Read())
            {
            }

            (int offset, string message) = JsonSyntax.Explain(document, tracker);
            Add(findings, new Fault(offset, "JsonSyntax", message), tracker.GapPointer(), ref places);
        }

        return findings;
    }

    /// <summary>
    /// Adds the findings of rules with their places. One about a value that could not be read, or about what is in it, would only repeat
    /// the fault that is known, and is dropped.
    /// </summary>
    internal static void Merge(ReadOnlySpan<byte> document, List<Finding> findings, ImmutableArray<Finding>.Builder? rules)
    {
        if (rules is null)
        {
            return;
        }

        int faults = findings.Count;
        foreach (Finding rule in rules)
        {
            if (IsKnown(findings, faults, rule.Pointer))
            {
                continue;
            }

            if (findings.Count > SpecReader.MaxFindings)
            {
                break;
            }

            (int line, int column) = SpecPositions.Find(document, rule.Pointer);
            findings.Add(rule with { Line = line, Column = column });
        }

        findings.Sort(static (one, other) => one.Line != other.Line
            ? Nullable.Compare(one.Line, other.Line)
            : Nullable.Compare(one.Column, other.Column));
    }

    private static bool IsKnown(List<Finding> findings, int faults, string pointer)
    {
        for (int at = 0; at < faults; at++)
        {
            string known = findings[at].Pointer;
            if (pointer.StartsWith(known, StringComparison.Ordinal) && (pointer.Length == known.Length || pointer[known.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(List<Finding> findings, Fault fault, string pointer, ref LineCounter places)
    {
        (int line, int column) = places.At(fault.Offset);
        string place = fault.Child is null ? pointer : string.Concat(pointer, "/", JsonPointer.Escape(fault.Child));
        findings.Add(new Finding(fault.Clause, place, fault.Message, line, column));
    }
}
