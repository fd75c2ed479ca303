using System;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Handing the v2 cgroup to the container's own manager.</content>
public sealed partial class FsManager
{
    /// <summary>
    /// Gives the v2 cgroup, and of its files those by which a cgroup manager works below it, to the user that the container's process is on the host. The limits
    /// stay root's. config-linux.md#cgroup-ownership; cgroups(7), "delegation".
    /// </summary>
    /// <param name="userId">The user on the host.</param>
    /// <param name="names">The content of <c>/sys/kernel/cgroup/delegate</c>: one name a line. Empty where the kernel does not tell (before 4.15).</param>
    /// <exception cref="RuntimeException">The kernel refuses.</exception>
    public void Delegate(uint userId, string names)
    {
        if (Placement.Version != CgroupVersion.Unified || Placement.Unified is not { } group)
        {
            return;
        }

        var error = files.Give(group.Directory, userId);
        if (error != Errno.None)
        {
            throw Failed(group.Directory, "give away", error);
        }

        names = names.Length == 0 ? "cgroup.procs\ncgroup.subtree_control\ncgroup.threads" : names;
        foreach (var range in names.AsSpan().Split('\n'))
        {
            var name = names[range];
            if (CgroupName.Fault(name) is not null)
            {
                continue; // the last line's end
            }

            // A file of a controller that is not there cannot be given, and nobody needs it.
            error = files.Give(group.Directory + "/" + name, userId);
            if (error is not (Errno.None or Errno.ENOENT))
            {
                throw Failed(group.Directory + "/" + name, "give away", error);
            }
        }
    }
}
