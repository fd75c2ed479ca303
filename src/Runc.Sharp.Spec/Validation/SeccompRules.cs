using System;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>The system call filter. Spec: config-linux.md#seccomp. Unknown system calls are no fault: a profile names those of all kernels.</summary>
internal static class SeccompRules
{
    private const string At = "/linux/seccomp";
    private const string Rules = At + "/syscalls";

    /// <summary>The largest errno the kernel lets a filter return: MAX_ERRNO.</summary>
    private const uint MostErrno = 4095;

    /// <summary>The data of SECCOMP_RET_TRACE is 16 bits wide.</summary>
    private const uint MostTrace = ushort.MaxValue;

    internal static void Check(SeccompSpec seccomp, Report report)
    {
        if (!IsAction(seccomp.DefaultAction))
        {
            report.Error("SeccompAction", At + "/defaultAction", "must be an action such as SCMP_ACT_ERRNO, is " + Text.Quote(seccomp.DefaultAction));
        }
        else if (seccomp.DefaultAction == "SCMP_ACT_NOTIFY")
        {
            report.Error("SeccompNotifyDefault", At + "/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action");
        }

        CheckErrno(seccomp.DefaultErrnoRet, seccomp.DefaultAction, -1, report);
        CheckArchitectures(seccomp.Architectures, report);
        CheckFlags(seccomp.Flags ?? [], report);
        bool notifies = false;
        for (int i = 0; i < seccomp.Syscalls.Length; i++)
        {
            CheckRule(seccomp.Syscalls[i], i, report);
            notifies |= seccomp.Syscalls[i].Action == "SCMP_ACT_NOTIFY";
        }

        CheckListener(seccomp, notifies, report);
    }

    private static void CheckListener(SeccompSpec seccomp, bool notifies, Report report)
    {
        bool hasPath = !string.IsNullOrEmpty(seccomp.ListenerPath);
        if (!hasPath && !string.IsNullOrEmpty(seccomp.ListenerMetadata))
        {
            report.Error("SeccompListenerMetadata", At + "/listenerMetadata", "must not be given without listenerPath");
        }

        if (notifies && !hasPath)
        {
            report.Error("SeccompListenerPath", At + "/listenerPath", "seccomp listenerPath is not set, and a rule has SCMP_ACT_NOTIFY");
        }
        else if (!notifies && hasPath)
        {
            report.Warn("SeccompListenerPath", At + "/listenerPath", "is ignored: no rule has SCMP_ACT_NOTIFY");
        }
    }

    private static void CheckRule(SeccompRuleSpec rule, int index, Report report)
    {
        if (rule.Names.IsEmpty)
        {
            report.Error("SeccSyscallsNamesRequired", Place.At(Rules, index, "names"), "must have at least one entry");
        }

        bool isAction = IsAction(rule.Action);
        bool notifies = rule.Action == "SCMP_ACT_NOTIFY";
        for (int i = 0; i < rule.Names.Length; i++)
        {
            string name = rule.Names[i];
            if (name.Length == 0)
            {
                report.Error("SeccSyscallsNamesRequired", Place.At(Place.At(Rules, index, "names"), i), "must not be empty");
            }
            else if (notifies && name == "write")
            {
                report.Error("SeccompNotifyWrite", Place.At(Place.At(Rules, index, "names"), i), "SCMP_ACT_NOTIFY cannot be used for the write syscall");
            }
        }

        if (!isAction)
        {
            report.Error("SeccompAction", Place.At(Rules, index, "action"), "must be an action such as SCMP_ACT_ERRNO, is " + Text.Quote(rule.Action));
        }

        CheckErrno(rule.ErrnoRet, rule.Action, index, report);
        for (int i = 0; i < rule.Args.Length; i++)
        {
            CheckArgument(rule.Args[i], index, i, report);
        }
    }

    private static void CheckArgument(SeccompArgumentSpec argument, int rule, int index, Report report)
    {
        if (argument.Index > 5)
        {
            report.Error("SeccompArgIndex", Place.At(Place.At(Rules, rule, "args"), index, "index"), Text.Join("must be 0 to 5, is ", argument.Index, string.Empty));
        }

        if (argument.Op is not ("SCMP_CMP_NE" or "SCMP_CMP_LT" or "SCMP_CMP_LE" or "SCMP_CMP_EQ" or "SCMP_CMP_GE" or "SCMP_CMP_GT" or "SCMP_CMP_MASKED_EQ"))
        {
            report.Error("SeccompArgOp", Place.At(Place.At(Rules, rule, "args"), index, "op"), "must be a comparison such as SCMP_CMP_EQ, is " + Text.Quote(argument.Op));
        }
    }

    /// <summary>An errno belongs to the two actions that have one; with another one the document does not mean what it says.</summary>
    private static void CheckErrno(uint? errno, string action, int rule, Report report)
    {
        if (errno is not { } value)
        {
            return;
        }

        string at = rule < 0 ? At + "/defaultErrnoRet" : Place.At(Rules, rule, "errnoRet");
        uint most = action == "SCMP_ACT_TRACE" ? MostTrace : MostErrno;
        if (action is not ("SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE"))
        {
            if (IsAction(action))
            {
                report.Error("SeccompErrnoAction", at, "can only be given for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, the action is " + action);
            }
        }
        else if (value > most)
        {
            report.Error("SeccompErrnoRange", at, Text.Join(Text.Join("must be at most ", most, ", is "), value, string.Empty));
        }
    }

    private static void CheckArchitectures(ImmutableArray<string> list, Report report)
    {
        for (int i = 0; i < list.Length; i++)
        {
            if (!IsArchitecture(list[i]))
            {
                report.Error("SeccompArch", Place.At(At + "/architectures", i), "must be an architecture such as SCMP_ARCH_X86_64, is " + Text.Quote(list[i]));
            }
        }
    }

    private static void CheckFlags(ImmutableArray<string> list, Report report)
    {
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] is not ("SECCOMP_FILTER_FLAG_TSYNC" or "SECCOMP_FILTER_FLAG_LOG" or "SECCOMP_FILTER_FLAG_SPEC_ALLOW" or "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))
            {
                report.Error("SeccompFlag", Place.At(At + "/flags", i), "must be a flag of seccomp(2) such as SECCOMP_FILTER_FLAG_LOG, is " + Text.Quote(list[i]));
            }
        }
    }

    private static bool IsAction(string action) => action is
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_PROCESS" or "SCMP_ACT_KILL_THREAD" or "SCMP_ACT_TRAP" or "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE"
        or "SCMP_ACT_ALLOW" or "SCMP_ACT_LOG" or "SCMP_ACT_NOTIFY";

    private static bool IsArchitecture(string name) => name.StartsWith("SCMP_ARCH_", StringComparison.Ordinal) && name.AsSpan("SCMP_ARCH_".Length) is
        "X86" or "X86_64" or "X32" or "ARM" or "AARCH64" or "MIPS" or "MIPS64" or "MIPS64N32" or "MIPSEL" or "MIPSEL64" or "MIPSEL64N32"
        or "PPC" or "PPC64" or "PPC64LE" or "S390" or "S390X" or "PARISC" or "PARISC64" or "RISCV64" or "LOONGARCH64" or "M68K" or "SH"
        or "SHEB";
}
