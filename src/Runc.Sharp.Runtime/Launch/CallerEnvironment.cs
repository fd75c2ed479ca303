using System;
using System.Collections;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The variables of who called us, for the programs that we run on the host. environ(7).</summary>
internal static class CallerEnvironment
{
    internal static CPath[] Variables()
    {
        var list = new List<CPath>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            list.Add(string.Concat((string)entry.Key, "=", (string?)entry.Value));
        }

        return [.. list];
    }
}
