using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Tests.Seccomp;

/// <summary>
/// Another compiler of the same documents: libseccomp, fed with rules as runc feeds it (matchCall in its seccomp_linux.go). The
/// stub that runc puts before the result, ENOSYS for what is newer than the profile, is not part of it.
/// </summary>
internal static partial class LibSeccomp
{
    private const string Library = "libseccomp.so.2";
    private const int Unknown = -1;
    private const int BadArchitecture = 2; // SCMP_FLTATR_ACT_BADARCH
    private const int Optimize = 8; // SCMP_FLTATR_CTL_OPTIMIZE
    private const int Exists = -17;
    private const int Invalid = -22;

    internal enum Machine : uint
    {
        X64 = 0xc000003e,
        I386 = 0x40000003,
        X32 = 0x4000003e,
    }

    /// <summary>The number of a call, negative where the machine has none.</summary>
    internal static int Number(Machine machine, string name) => seccomp_syscall_resolve_name_arch((uint)machine, name);

    /// <summary>Whether this version of the library knows the call on every machine that has it: it is older than we are.</summary>
    internal static bool Knows(string name)
    {
        ushort[] starts = SyscallTable.Starts();
        return seccomp_syscall_resolve_name(name) != Unknown && ((Machine[])[Machine.X64, Machine.I386, Machine.X32]).All(machine =>
            Number(machine, name) >= 0 || SyscallTable.Number(ProfileModel.Words(machine), name, starts) < 0 || (machine == Machine.I386 && SyscallTable.Multiplexed(name).Selector > 0));
    }

    /// <summary>The filter of <paramref name="spec"/>. A call of another architecture kills the process: libseccomp's own choice is the thread.</summary>
    /// <returns>The program; null where the library cannot merge rules that contradict each other (EINVAL).</returns>
    internal static byte[]? Compile(SeccompSpec spec)
    {
        Check(seccomp_api_set(6), "api_set"); // whatever the kernel can: nothing is loaded
        uint usual = Action(spec.DefaultAction, spec.DefaultErrnoRet);
        nint context = seccomp_init(usual);
        Assert(context != 0, "init");
        try
        {
            Check(seccomp_attr_set(context, BadArchitecture, 0x80000000), "attr_set");
            foreach (Machine machine in Machines(spec).Where(static machine => machine != Machine.X64))
            {
                int added = seccomp_arch_add(context, (uint)machine);
                Check(added == Exists ? 0 : added, "arch_add");
            }

            if (spec.Syscalls.Sum(static rule => rule.Names.Length) > 32)
            {
                Check(seccomp_attr_set(context, Optimize, 2), "attr_set");
            }

            foreach (SeccompRuleSpec rule in spec.Syscalls)
            {
                uint action = Action(rule.Action, rule.ErrnoRet);
                foreach (string name in rule.Names)
                {
                    if (action != usual && !TryAdd(context, action, name, rule))
                    {
                        return null;
                    }
                }
            }

            return Export(context);
        }
        finally
        {
            seccomp_release(context);
        }
    }

    internal static IEnumerable<Machine> Machines(SeccompSpec spec)
    {
        yield return Machine.X64;
        if (spec.Architectures.Contains("SCMP_ARCH_X86"))
        {
            yield return Machine.I386;
        }

        if (spec.Architectures.Contains("SCMP_ARCH_X32"))
        {
            yield return Machine.X32;
        }
    }

    internal static uint Action(string word, uint? errno) => word switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => 0,
        "SCMP_ACT_KILL_PROCESS" => 0x80000000,
        "SCMP_ACT_TRAP" => 0x00030000,
        "SCMP_ACT_ERRNO" => 0x00050000 | (errno ?? 1),
        "SCMP_ACT_NOTIFY" => 0x7fc00000,
        "SCMP_ACT_TRACE" => 0x7ff00000 | (errno ?? 1),
        "SCMP_ACT_LOG" => 0x7ffc0000,
        "SCMP_ACT_ALLOW" => 0x7fff0000,
        _ => throw new ArgumentException(word),
    };

    private static bool TryAdd(nint context, uint action, string name, SeccompRuleSpec rule)
    {
        int number = seccomp_syscall_resolve_name(name);
        if (number == Unknown)
        {
            return true;
        }

        Comparison[] conditions = [.. rule.Args.Select(static argument => new Comparison
        {
            Argument = argument.Index,
            Op = 1 + Array.IndexOf((string[])["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"], argument.Op["SCMP_CMP_".Length..]),
            A = argument.Value,
            B = argument.ValueTwo ?? 0,
        })];
        bool alternatives = conditions.DistinctBy(static condition => condition.Argument).Count() < conditions.Length;
        foreach (Comparison[] rules in alternatives ? conditions.Select(static condition => (Comparison[])[condition]) : [conditions])
        {
            int added = seccomp_rule_add_array(context, action, number, (uint)rules.Length, rules);
            if (added == Invalid)
            {
                return false;
            }

            Check(added, "rule_add " + name);
        }

        return true;
    }

    private static byte[] Export(nint context)
    {
        string path = Path.GetTempFileName();
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
            Check(seccomp_export_bpf(context, (int)file.SafeFileHandle.DangerousGetHandle()), "export_bpf");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Check(int result, string what) => Assert(result >= 0, what + ": " + result);

    private static void Assert(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("libseccomp: " + what);
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial nint seccomp_init(uint action);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial void seccomp_release(nint context);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial int seccomp_api_set(uint level);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial int seccomp_attr_set(nint context, int attribute, uint value);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial int seccomp_arch_add(nint context, uint token);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name(string name);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name_arch(uint token, string name);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial int seccomp_rule_add_array(nint context, uint action, int number, uint count, [In] Comparison[] conditions);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Library)]
    private static partial int seccomp_export_bpf(nint context, int descriptor);

    /// <summary>struct scmp_arg_cmp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Comparison
    {
        internal uint Argument;
        internal int Op;
        internal ulong A;
        internal ulong B;
    }
}
