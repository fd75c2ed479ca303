namespace Runc.Sharp.Linux.Plan;

/// <summary>What an operation is for: kept on the host side, never seen by the shim.</summary>
/// <param name="Section">The JSON pointer it comes from, up to an index, e.g. <c>/mounts</c>; empty where nothing in the document asks for it.</param>
/// <param name="Index">The index below <paramref name="Section"/>; -1 is none.</param>
/// <param name="Leaf">The rest of the pointer, e.g. <c>/options</c>; empty is none.</param>
/// <param name="Act">What is tried, in words, e.g. <c>attach</c>.</param>
/// <param name="Subject">On what, e.g. a path; null where the act says it all.</param>
public readonly record struct PlanNote(string Section, int Index, string Leaf, string Act, string? Subject)
{
    /// <summary>The whole JSON pointer; empty where nothing in the document asks for the operation.</summary>
    public string Pointer => Index < 0 ? Section + Leaf : string.Concat(Section, "/", Index.ToString(System.Globalization.CultureInfo.InvariantCulture), Leaf);

    /// <summary>The act and its subject.</summary>
    public string Words => Subject is null ? Act : string.Concat(Act, " ", Subject);
}
