using System;

namespace Runc.Sharp;

/// <summary>What was typed cannot be understood.</summary>
/// <param name="message">Why; lower case, no full stop.</param>
/// <param name="code">The exit code.</param>
internal sealed class UsageException(string message, int code = 1) : Exception(message)
{
    /// <summary>The exit code.</summary>
    internal int Code => code;

    /// <summary>In runc's words, with its exit code.</summary>
    internal static UsageException UnknownVerb(string verb) => new(string.Concat("No help topic for '", verb, "'"), 3);
}
