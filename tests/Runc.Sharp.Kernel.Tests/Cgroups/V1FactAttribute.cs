using System;
using System.IO;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Cgroups;

/// <summary>A test that needs root and mounted v1 hierarchies; elsewhere it is skipped by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class V1FactAttribute : FactAttribute
{
    public V1FactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root";
        }
        else if (!Directory.Exists("/sys/fs/cgroup/devices"))
        {
            Skip = "needs the v1 hierarchies below /sys/fs/cgroup";
        }
    }
}
