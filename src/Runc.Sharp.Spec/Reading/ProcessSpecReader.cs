using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the records of config.md#process.</summary>
internal static class ProcessSpecReader
{
    internal static ProcessSpec? Process(ref SpecCursor cursor)
    {
        bool? terminal = null;
        ConsoleSizeSpec? consoleSize = null;
        UserSpec? user = null;
        ImmutableArray<string>? args = null;
        ImmutableArray<string>? env = null;
        string? cwd = null;
        CapabilitiesSpec? capabilities = null;
        ImmutableArray<RlimitSpec>? rlimits = null;
        bool? noNewPrivileges = null;
        string? apparmorProfile = null;
        int? oomScoreAdj = null;
        SchedulerSpec? scheduler = null;
        string? selinuxLabel = null;
        IoPrioritySpec? ioPriority = null;
        ExecCpuAffinitySpec? execCpuAffinity = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["terminal", "consoleSize", "user", "args", "env", "cwd", "capabilities", "rlimits", "noNewPrivileges", "apparmorProfile", "oomScoreAdj", "scheduler", "selinuxLabel", "ioPriority", "execCPUAffinity"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    terminal = cursor.Boolean();
                    break;
                case 1:
                    consoleSize = ConsoleSize(ref cursor);
                    break;
                case 2:
                    user = User(ref cursor);
                    break;
                case 3:
                    args = cursor.Strings();
                    break;
                case 4:
                    env = cursor.Strings();
                    break;
                case 5:
                    cwd = cursor.String();
                    break;
                case 6:
                    capabilities = Capabilities(ref cursor);
                    break;
                case 7:
                    rlimits = cursor.Records(static (ref SpecCursor item) => Rlimit(ref item));
                    break;
                case 8:
                    noNewPrivileges = cursor.Boolean();
                    break;
                case 9:
                    apparmorProfile = cursor.String();
                    break;
                case 10:
                    oomScoreAdj = cursor.Int32();
                    break;
                case 11:
                    scheduler = Scheduler(ref cursor);
                    break;
                case 12:
                    selinuxLabel = cursor.String();
                    break;
                case 13:
                    ioPriority = IoPriority(ref cursor);
                    break;
                default:
                    execCpuAffinity = ExecCpuAffinity(ref cursor);
                    break;
            }
        }

        if (cwd is null)
        {
            cursor.FindMissing(scope, "cwd");
        }

        if (cwd is null)
        {
            return null;
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

    internal static ConsoleSizeSpec? ConsoleSize(ref SpecCursor cursor)
    {
        uint? height = null;
        uint? width = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["height", "width"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    height = cursor.UInt32();
                    break;
                default:
                    width = cursor.UInt32();
                    break;
            }
        }

        if (height is null)
        {
            cursor.FindMissing(scope, "height");
        }

        if (width is null)
        {
            cursor.FindMissing(scope, "width");
        }

        if (height is null || width is null)
        {
            return null;
        }

        return new ConsoleSizeSpec
        {
            Height = height.Value,
            Width = width.Value,
        };
    }

    internal static UserSpec? User(ref SpecCursor cursor)
    {
        uint? uid = null;
        uint? gid = null;
        uint? umask = null;
        ImmutableArray<uint>? additionalGids = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["uid", "gid", "umask", "additionalGids"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    uid = cursor.UInt32();
                    break;
                case 1:
                    gid = cursor.UInt32();
                    break;
                case 2:
                    umask = cursor.UInt32();
                    break;
                default:
                    additionalGids = cursor.UInt32s();
                    break;
            }
        }

        return new UserSpec
        {
            Uid = uid ?? default,
            Gid = gid ?? default,
            Umask = umask,
            AdditionalGids = additionalGids,
        };
    }

    internal static CapabilitiesSpec? Capabilities(ref SpecCursor cursor)
    {
        ImmutableArray<string>? bounding = null;
        ImmutableArray<string>? effective = null;
        ImmutableArray<string>? inheritable = null;
        ImmutableArray<string>? permitted = null;
        ImmutableArray<string>? ambient = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["bounding", "effective", "inheritable", "permitted", "ambient"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    bounding = cursor.Strings();
                    break;
                case 1:
                    effective = cursor.Strings();
                    break;
                case 2:
                    inheritable = cursor.Strings();
                    break;
                case 3:
                    permitted = cursor.Strings();
                    break;
                default:
                    ambient = cursor.Strings();
                    break;
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

    internal static RlimitSpec? Rlimit(ref SpecCursor cursor)
    {
        string? type = null;
        ulong? soft = null;
        ulong? hard = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["type", "soft", "hard"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    type = cursor.String();
                    break;
                case 1:
                    soft = cursor.UInt64();
                    break;
                default:
                    hard = cursor.UInt64();
                    break;
            }
        }

        if (type is null)
        {
            cursor.FindMissing(scope, "type");
        }

        if (soft is null)
        {
            cursor.FindMissing(scope, "soft");
        }

        if (hard is null)
        {
            cursor.FindMissing(scope, "hard");
        }

        if (type is null || soft is null || hard is null)
        {
            return null;
        }

        return new RlimitSpec
        {
            Type = type,
            Soft = soft.Value,
            Hard = hard.Value,
        };
    }

    internal static SchedulerSpec? Scheduler(ref SpecCursor cursor)
    {
        string? policy = null;
        int? nice = null;
        int? priority = null;
        ImmutableArray<string>? flags = null;
        ulong? runtime = null;
        ulong? deadline = null;
        ulong? period = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["policy", "nice", "priority", "flags", "runtime", "deadline", "period"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    policy = cursor.String();
                    break;
                case 1:
                    nice = cursor.Int32();
                    break;
                case 2:
                    priority = cursor.Int32();
                    break;
                case 3:
                    flags = cursor.Strings();
                    break;
                case 4:
                    runtime = cursor.UInt64();
                    break;
                case 5:
                    deadline = cursor.UInt64();
                    break;
                default:
                    period = cursor.UInt64();
                    break;
            }
        }

        if (policy is null)
        {
            cursor.FindMissing(scope, "policy");
        }

        if (policy is null)
        {
            return null;
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

    internal static IoPrioritySpec? IoPriority(ref SpecCursor cursor)
    {
        string? @class = null;
        int? priority = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["class", "priority"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    @class = cursor.String();
                    break;
                default:
                    priority = cursor.Int32();
                    break;
            }
        }

        if (@class is null)
        {
            cursor.FindMissing(scope, "class");
        }

        if (@class is null)
        {
            return null;
        }

        return new IoPrioritySpec
        {
            Class = @class,
            Priority = priority ?? default,
        };
    }

    internal static ExecCpuAffinitySpec? ExecCpuAffinity(ref SpecCursor cursor)
    {
        string? initial = null;
        string? final = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["initial", "final"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    initial = cursor.String();
                    break;
                default:
                    final = cursor.String();
                    break;
            }
        }

        return new ExecCpuAffinitySpec
        {
            Initial = initial,
            Final = final,
        };
    }
}
