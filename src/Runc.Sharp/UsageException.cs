using System;

namespace Runc.Sharp;

/// <summary>What was typed cannot be understood.</summary>
/// <param name="message">Why; lower case, no full stop.</param>
internal sealed class UsageException(string message) : Exception(message);
