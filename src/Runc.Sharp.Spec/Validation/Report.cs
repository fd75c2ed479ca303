using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Where rules tell what is broken. Places are put together only where something is.</summary>
internal readonly struct Report(ImmutableArray<Finding>.Builder findings)
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Error(string clause, string place, string message) => findings.Add(new Finding(clause, place, message));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Warn(string clause, string place, string message) =>
        findings.Add(new Finding(clause, place, message, Severity: Severity.Warning));
}
