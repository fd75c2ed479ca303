using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads a process object and what is in it. Spec: config.md#process.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class ProcessSpecReader
{
    internal static ProcessSpec Read(ref SpecCursor json)
    {
        bool? terminal = null;
        ConsoleSizeSpec? consoleSize = null;
        UserSpec? user = null;
        ImmutableArray<string>? args = null;
        ImmutableArray<string>? env = null;
        string cwd = string.Empty;
        CapabilitiesSpec? capabilities = null;
        ImmutableArray<RlimitSpec>? rlimits = null;
        bool? noNewPrivileges = null;
        string? apparmorProfile = null;
        int? oomScoreAdj = null;
        SchedulerSpec? scheduler = null;
        string? selinuxLabel = null;
        IoPrioritySpec? ioPriority = null;
        ExecCpuAffinitySpec? execCpuAffinity = null;
        var keys = new Keys(
            "terminal consoleSize user args env cwd capabilities rlimits noNewPrivileges apparmorProfile oomScoreAdj scheduler selinuxLabel ioPriority execCPUAffinity"u8,
            required: 1 << 5);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: terminal = json.Boolean(); break;
                case 1: consoleSize = ConsoleSize(ref json); break;
                case 2: user = User(ref json); break;
                case 3: args = json.Strings(); break;
                case 4: env = json.Strings(); break;
                case 5: cwd = json.String(); break;
                case 6: capabilities = Capabilities(ref json); break;
                case 7: rlimits = json.List<RlimitSpec>(Rlimit); break;
                case 8: noNewPrivileges = json.Boolean(); break;
                case 9: apparmorProfile = json.String(); break;
                case 10: oomScoreAdj = json.Int32(); break;
                case 11: scheduler = Scheduler(ref json); break;
                case 12: selinuxLabel = json.String(); break;
                case 13: ioPriority = IoPriority(ref json); break;
                default: execCpuAffinity = ExecCpuAffinity(ref json); break;
            }
        }

        return new ProcessSpec
        {
            Terminal = terminal,
            ConsoleSize = consoleSize,
            User = user,
            Args = args,
            Env = env,
            Cwd = cwd,
            Capabilities = capabilities,
            Rlimits = rlimits,
            NoNewPrivileges = noNewPrivileges,
            ApparmorProfile = apparmorProfile,
            OomScoreAdj = oomScoreAdj,
            Scheduler = scheduler,
            SelinuxLabel = selinuxLabel,
            IoPriority = ioPriority,
            ExecCpuAffinity = execCpuAffinity,
        };
    }

    private static ConsoleSizeSpec ConsoleSize(ref SpecCursor json)
    {
        uint height = 0;
        uint width = 0;
        var keys = new Keys("height width"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: height = json.UInt32(); break;
                default: width = json.UInt32(); break;
            }
        }

        return new ConsoleSizeSpec { Height = height, Width = width };
    }

    // The specification calls uid and gid required, its schema does not, and runc takes 0 for them: so must a drop-in.
    private static UserSpec User(ref SpecCursor json)
    {
        uint uid = 0;
        uint gid = 0;
        uint? umask = null;
        ImmutableArray<uint>? additionalGids = null;
        var keys = new Keys("uid gid umask additionalGids"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: uid = json.UInt32(); break;
                case 1: gid = json.UInt32(); break;
                case 2: umask = json.UInt32(); break;
                default: additionalGids = json.UInt32s(); break;
            }
        }

        return new UserSpec { Uid = uid, Gid = gid, Umask = umask, AdditionalGids = additionalGids };
    }

    private static CapabilitiesSpec Capabilities(ref SpecCursor json)
    {
        ImmutableArray<string>? bounding = null;
        ImmutableArray<string>? effective = null;
        ImmutableArray<string>? inheritable = null;
        ImmutableArray<string>? permitted = null;
        ImmutableArray<string>? ambient = null;
        var keys = new Keys("bounding effective inheritable permitted ambient"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: bounding = json.Strings(); break;
                case 1: effective = json.Strings(); break;
                case 2: inheritable = json.Strings(); break;
                case 3: permitted = json.Strings(); break;
                default: ambient = json.Strings(); break;
            }
        }

        return new CapabilitiesSpec
        {
            Bounding = bounding,
            Effective = effective,
            Inheritable = inheritable,
            Permitted = permitted,
            Ambient = ambient,
        };
    }

    private static RlimitSpec Rlimit(ref SpecCursor json)
    {
        string type = string.Empty;
        ulong hard = 0;
        ulong soft = 0;
        var keys = new Keys("type hard soft"u8, required: 0b111);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: type = json.String(); break;
                case 1: hard = json.UInt64(); break;
                default: soft = json.UInt64(); break;
            }
        }

        return new RlimitSpec { Type = type, Hard = hard, Soft = soft };
    }

    private static SchedulerSpec Scheduler(ref SpecCursor json)
    {
        string policy = string.Empty;
        int? nice = null;
        int? priority = null;
        ImmutableArray<string>? flags = null;
        ulong? runtime = null;
        ulong? deadline = null;
        ulong? period = null;
        var keys = new Keys("policy nice priority flags runtime deadline period"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: policy = json.String(); break;
                case 1: nice = json.Int32(); break;
                case 2: priority = json.Int32(); break;
                case 3: flags = json.Strings(); break;
                case 4: runtime = json.UInt64(); break;
                case 5: deadline = json.UInt64(); break;
                default: period = json.UInt64(); break;
            }
        }

        return new SchedulerSpec
        {
            Policy = policy,
            Nice = nice,
            Priority = priority,
            Flags = flags,
            Runtime = runtime,
            Deadline = deadline,
            Period = period,
        };
    }

    // As with the user, the schema does not require the priority, and runc takes 0.
    private static IoPrioritySpec IoPriority(ref SpecCursor json)
    {
        string ioClass = string.Empty;
        int priority = 0;
        var keys = new Keys("class priority"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: ioClass = json.String(); break;
                default: priority = json.Int32(); break;
            }
        }

        return new IoPrioritySpec { Class = ioClass, Priority = priority };
    }

    private static ExecCpuAffinitySpec ExecCpuAffinity(ref SpecCursor json)
    {
        string? initial = null;
        string? final = null;
        var keys = new Keys("initial final"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: initial = json.String(); break;
                default: final = json.String(); break;
            }
        }

        return new ExecCpuAffinitySpec { Initial = initial, Final = final };
    }
}
