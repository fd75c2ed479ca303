using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The few things a manager does with the cgroup file system. Every path is relative to the directory of all hierarchies and normal
/// (<see cref="CgroupName.Normalize"/>). One seam, so that v2 is tested on a v1 machine and every errno can be tried.
/// </summary>
public interface ICgroupFiles
{
    /// <summary>mkdir(2), mode 0755.</summary>
    Errno MakeDirectory(string path);

    /// <summary>rmdir(2).</summary>
    Errno RemoveDirectory(string path);

    /// <summary>Whether there is such a file or directory: ENOENT or none. access(2).</summary>
    Errno Probe(string path);

    /// <summary>Opens the file and writes each value by one write(2), in order, until one is refused.</summary>
    /// <param name="path">The control file.</param>
    /// <param name="values">What to write.</param>
    /// <param name="written">How many were taken.</param>
    Errno Write(string path, ReadOnlySpan<string> values, out int written);

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">The control file.</param>
    /// <param name="content">What it held, or empty.</param>
    Errno Read(string path, out byte[] content);

    /// <summary>Lists the names of the directories in <paramref name="path"/>.</summary>
    Errno ListDirectories(string path, ICollection<string> names);

    /// <summary>Gives a file or directory to a user; its group stays. fchownat(2).</summary>
    Errno Give(string path, uint userId);

    /// <summary>Opens the directory for <c>CLONE_INTO_CGROUP</c>. clone(2).</summary>
    Errno OpenDirectory(string path, out OwnedFd? directory);

    /// <summary>Takes hold of a process, or answers null where there is none of that number. pidfd_open(2).</summary>
    ICgroupProcess? OpenProcess(int pid);
}

/// <summary>A process that was alive when it was opened; never another one that got its number later.</summary>
public interface ICgroupProcess : IDisposable
{
    /// <summary>Sends a signal; false where the process has ended. pidfd_send_signal(2).</summary>
    bool Signal(int signal);
}
