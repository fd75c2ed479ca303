using System.Collections.Generic;

namespace Runc.Sharp.Spec.Reading;

/// <summary>A fault as the cursor notes it: by the byte where it is. Line, column and pointer are worked out once reading is over.</summary>
/// <param name="Offset">The first byte of the token at fault.</param>
/// <param name="Clause">The rule.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Child">The property of that token which is missing; null where the token itself is at fault.</param>
internal readonly record struct Fault(int Offset, string Clause, string Message, string? Child = null);

/// <summary>A record as far as it could be read: what is at fault has an empty value in it, so that the rest can still be checked.</summary>
/// <param name="Value">The record; null where reading ended early.</param>
/// <param name="Faults">What was found; null for nothing.</param>
/// <param name="Broken">Whether reading ended at a fault of syntax, which is not in the list.</param>
internal readonly record struct Draft<T>(T? Value, List<Fault>? Faults, bool Broken)
    where T : class;

/// <summary>Reads the value at which the cursor stands. At a fault it notes it and returns an empty value.</summary>
internal delegate T ValueReader<T>(ref SpecCursor json);
