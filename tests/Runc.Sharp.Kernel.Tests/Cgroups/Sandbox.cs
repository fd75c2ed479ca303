using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Cgroups;

/// <summary>A container's cgroups without a container: real directories under a name of their own, children to put into them, and a check that nothing is left.</summary>
internal sealed class Sandbox : IDisposable
{
    private static int _count;
    private readonly List<Process> _children = [];
    private readonly KernelCgroupFiles _files;

    internal Sandbox(bool withoutUnified = false, string below = "")
    {
        Name = $"csrunc-test-{Environment.ProcessId}-{System.Threading.Interlocked.Increment(ref _count)}";
        _files = KernelCgroupFiles.Detect(ownNeeded: true, out var facts);
        Facts = facts;
        if (withoutUnified)
        {
            Facts = Facts with { Version = CgroupVersion.V1, Hierarchies = [.. Facts.Hierarchies.Where(static h => !h.IsUnified)] };
        }

        Manager = new FsManager(_files, CgroupPath.Plan(Facts, "/" + Name + below, "unused"));
    }

    internal string Name { get; }

    internal CgroupFacts Facts { get; }

    internal FsManager Manager { get; }

    internal KernelCgroupFiles Files => _files;

    internal string this[string controller, string file] => File.ReadAllText(PathOf(controller, file)).TrimEnd('\n');

    internal string PathOf(string controller, string file = "") =>
        Path.Join("/sys/fs/cgroup", Manager.Placement.Find(controller)!.Value.Directory, file);

    internal int Spawn(params string[] command)
    {
        var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _children.Add(child);
        return child.Id;
    }

    internal Process Child(int pid) => _children.Single(c => c.Id == pid);

    /// <summary>Starts a shell that moves itself into the cgroups before its script.</summary>
    internal Process SpawnInside(string script)
    {
        var join = string.Join(';', Manager.SelfPlacementFiles(bornInUnified: false).Select(static f => $"echo 0 > '/sys/fs/cgroup/{f}' || exit 99"));
        return Child(Spawn("/bin/sh", "-c", join + ";" + script));
    }

    internal (int Code, string Output) RunInside(string script)
    {
        var child = SpawnInside(script);
        var output = child.StandardOutput.ReadToEnd() + child.StandardError.ReadToEnd();
        Assert.True(child.WaitForExit(60_000));
        return (child.ExitCode, output);
    }

    internal static bool Within(TimeSpan time, Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; System.Threading.Thread.Sleep(5))
        {
            if (condition())
            {
                return true;
            }
        }

        return condition();
    }

    public void Dispose()
    {
        foreach (var child in _children)
        {
            if (!child.HasExited)
            {
                child.Kill();
            }

            child.WaitForExit();
            child.Dispose();
        }

        if (Manager.FreezerState() == CgroupFreezerState.Frozen)
        {
            Manager.Thaw();
        }

        Manager.Destroy(TimeSpan.FromSeconds(60));
        foreach (var hierarchy in Facts.Hierarchies)
        {
            // The product removes no parents, so there may be some; but a leaf would be a leak.
            var top = Path.Join("/sys/fs/cgroup", hierarchy.Mount, Name);
            Assert.False(Directory.Exists(Path.Join("/sys/fs/cgroup", hierarchy.Mount, Manager.Placement.Find("memory")!.Value.Path)));
            RemoveParents(top);
        }

        _files.Dispose();
    }

    private static void RemoveParents(string directory)
    {
        if (Directory.Exists(directory))
        {
            foreach (var below in Directory.GetDirectories(directory))
            {
                RemoveParents(below);
            }

            Directory.Delete(directory);
        }
    }
}
