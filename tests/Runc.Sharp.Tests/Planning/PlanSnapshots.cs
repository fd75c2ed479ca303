using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Runc.Sharp.Tests.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>What becomes of each document in <c>Bundles/</c>: <c>NAME.plan.txt</c> beside <c>NAME.json</c>.</summary>
public class PlanSnapshots
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "Bundles");

    /// <summary>All documents.</summary>
    public static TheoryData<string> Names => [.. All];

    private static string[] All => [.. Directory.GetFiles(Folder, "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_plan_is_the_accepted_one(string name)
    {
        RuntimeSpec spec = Read(name);
        Snapshot.Matches(Path.Combine(Folder, name + ".plan.txt"), PlanText.Of(Planner.Plan(spec, Request(name, spec), Facts(name, spec))));
    }

    [Fact]
    public void No_snapshot_is_left_of_a_document_that_is_gone() =>
        Assert.Equal(
            All.Select(static name => name + ".plan.txt").Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder, "*.txt").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_document_gives_the_same_bytes(string name)
    {
        RuntimeSpec spec = Read(name);
        byte[] first = Planner.Plan(spec, Request(name, spec), Facts(name, spec)).Builder.Encode(5);
        Assert.Equal(first, Planner.Plan(Read(name), Request(name, spec), Facts(name, spec)).Builder.Encode(5));
    }

    private static RuntimeSpec Read(string name)
    {
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
        return read.Value ?? throw new InvalidOperationException(string.Join('\n', read.Findings));
    }

    private static PlanRequest Request(string name, RuntimeSpec spec)
    {
        var request = new PlanRequest { Id = "c1", Bundle = "/bundle", HookStateRoom = spec.Hooks?.CreateContainer is null ? 0 : 512 };
        return name == "no-pivot-preserved-descriptors-at-once"
            ? request with { NoPivot = true, NoNewKeyring = true, PreservedDescriptors = 3, StartsAtOnce = true, ListenDescriptors = 2, ListenNames = "a:b" }
            : request;
    }

    /// <summary>A machine of the spring of 2023 with a hybrid hierarchy, or a unified one where the document's name says so.</summary>
    private static HostFacts Facts(string name, RuntimeSpec spec)
    {
        CgroupPlacement placement = Machines.Made(name.Contains("cgroup-v2", StringComparison.Ordinal) ? Machines.Unified() : Machines.Hybrid(), spec.Linux?.CgroupsPath ?? "/c1");
        MountSpec? mount = spec.Mounts.FirstOrDefault(static mount => mount.Type == "cgroup");
        bool hasCgroups = name.StartsWith("cgroup", StringComparison.Ordinal);
        bool scope = name.EndsWith("-systemd", StringComparison.Ordinal);
        return new HostFacts
        {
            LastCapability = 40,
            Capabilities = (1UL << 41) - 1,
            InUserNamespace = name == "rootless",
            AppArmor = true,
            RootDepth = RootChapter.StaysShared(spec) ? 2 : 0,
            NullStreams = name == "null-streams" ? 0b101 : 0,
            CgroupEntries = hasCgroups ? [.. placement.Groups.Where(static group => !group.IsUnified).Select(static group => "/sys/fs/cgroup/" + group.Directory + "/tasks")] : [],
            PlacedOnceBorn = scope,
            LateEntries = hasCgroups && !scope ? [.. placement.Groups.Where(static group => group.Has("memory") || group.Has("pids")).Select(static group => "/sys/fs/cgroup/" + group.Directory + "/tasks")] : [],
            CgroupOfBirth = hasCgroups && !scope ? placement.Groups.Where(static group => group.IsUnified).Select(static group => "/sys/fs/cgroup/" + group.Directory).FirstOrDefault() : null,
            CgroupMounts = mount is null ? [] : CgroupMounts.For(placement, BirthChapter.Makes(spec, "cgroup")),
        };
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
