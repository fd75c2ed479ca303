using System;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>What to run and as whom. Spec: config.md#process.</summary>
internal static class ProcessRules
{
    /// <summary>The id that setresuid(2) and chown(2) take for "leave it as it is".</summary>
    internal const uint NoId = uint.MaxValue;

    internal static void Check(ProcessSpec process, string at, Report report)
    {
        if (!process.Cwd.StartsWith('/'))
        {
            report.Error("ProcCwdAbs", at + "/cwd", "must be absolute, is " + Text.Quote(process.Cwd));
        }

        if (process.Args is not { Length: > 0 })
        {
            report.Error("ProcArgsOneEntryRequired", at + "/args", "must have at least one entry");
        }

        CheckEnvironment(process.Env ?? [], at + "/env", report);
        if (process.User is { } user)
        {
            CheckUser(user, at + "/user", report);
        }

        if (process.Terminal == true && process.ConsoleSize is { } size && (size.Height > ushort.MaxValue || size.Width > ushort.MaxValue))
        {
            report.Error("ProcConsoleSizeRange", at + "/consoleSize", "must have at most 65535 rows and columns");
        }

        if (process.Capabilities is { } capabilities)
        {
            CheckCapabilities(capabilities, at + "/capabilities", report);
        }

        CheckRlimits(process.Rlimits ?? [], at + "/rlimits", report);
        if (process.OomScoreAdj is < -1000 or > 1000)
        {
            report.Error("LinuxProcOomScoreAdjRange", at + "/oomScoreAdj", Text.Join("must be -1000 to 1000, is ", process.OomScoreAdj.Value, string.Empty));
        }

        CheckLabel(process.ApparmorProfile, at + "/apparmorProfile", report);
        CheckLabel(process.SelinuxLabel, at + "/selinuxLabel", report);
        SchedulingRules.Check(process, at, report);
    }

    /// <summary>No security module has such a name; and the kernel would cut it off there.</summary>
    internal static void CheckLabel(string? label, string at, Report report)
    {
        if (label is not null && Shape.HasControl(label))
        {
            report.Error("LabelCharacters", at, "must not hold a control character");
        }
    }

    /// <summary>As runc: each is NAME=value. The text itself is never shown, it may be a secret.</summary>
    private static void CheckEnvironment(ImmutableArray<string> env, string at, Report report)
    {
        for (int i = 0; i < env.Length; i++)
        {
            int sign = env[i].IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
            {
                report.Error("ProcEnvSyntax", Place.At(at, i), sign < 0 ? "must be NAME=value, lacks '='" : "must be NAME=value, has an empty name");
            }
        }
    }

    private static void CheckUser(UserSpec user, string at, Report report)
    {
        CheckId(user.Uid, at + "/uid", report);
        CheckId(user.Gid, at + "/gid", report);
        ImmutableArray<uint> groups = user.AdditionalGids ?? [];
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i] == NoId)
            {
                CheckId(groups[i], Place.At(at + "/additionalGids", i), report);
            }
        }

        if (user.Umask > 0x1ff)
        {
            report.Error("UserUmaskRange", at + "/umask", Text.Join("must be 0 to 511 (octal 777), is ", user.Umask.Value, string.Empty));
        }
    }

    private static void CheckId(uint id, string at, Report report)
    {
        if (id == NoId)
        {
            report.Error("UserIdRange", at, "must not be 4294967295, which to the kernel is no id");
        }
    }

    private static void CheckCapabilities(CapabilitiesSpec sets, string at, Report report)
    {
        CheckNames(sets.Bounding, at, "/bounding", report);
        CheckNames(sets.Effective, at, "/effective", report);
        CheckNames(sets.Inheritable, at, "/inheritable", report);
        CheckNames(sets.Permitted, at, "/permitted", report);
        CheckNames(sets.Ambient, at, "/ambient", report);
    }

    /// <summary>A warning and no error: config.md#linux-process asks for both.</summary>
    private static void CheckNames(ImmutableArray<string>? names, string at, string set, Report report)
    {
        ImmutableArray<string> list = names ?? [];
        for (int i = 0; i < list.Length; i++)
        {
            if (CapabilityNames.Number(list[i]) < 0)
            {
                report.Warn("LinuxProcCapError", Place.At(at + set, i), Text.Quote(list[i]) + " is not a known capability, and is left out");
            }
        }
    }

    private static void CheckRlimits(ImmutableArray<RlimitSpec> rlimits, string at, Report report)
    {
        uint seen = 0;
        for (int i = 0; i < rlimits.Length; i++)
        {
            RlimitSpec limit = rlimits[i];
            int number = RlimitNames.Number(limit.Type);
            if (number < 0)
            {
                report.Error("PosixProcRlimitsTypeValueError", Place.At(at, i, "type"), "must be a resource of getrlimit(2), is " + Text.Quote(limit.Type));
            }
            else if ((seen & (1u << number)) != 0)
            {
                report.Error("PosixProcRlimitsErrorOnDup", Place.At(at, i, "type"), limit.Type + " is given twice");
            }

            seen |= number < 0 ? 0 : 1u << number;
            if (limit.Soft > limit.Hard)
            {
                report.Error("PosixProcRlimitsSoftAboveHard", Place.At(at, i, "soft"), "must not be above the hard limit");
            }
        }
    }
}
