using System;

namespace Runc.Sharp.Runtime;

/// <summary>Why a verb could not be done: one sentence for the person who asked.</summary>
/// <param name="message">The sentence; lower case, no full stop.</param>
public sealed class RuntimeException(string message) : Exception(message);
