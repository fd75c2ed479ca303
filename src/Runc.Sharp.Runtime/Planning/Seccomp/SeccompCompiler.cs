using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning.Seccomp;

/// <summary>
/// Compiles linux.seccomp to classic BPF: a balanced tree over the numbers of system calls, one for each set of calls. Rules
/// are combined as runc does with libseccomp: several rules for a call are alternatives in their order, conditions of one
/// rule hold together, but conditions on the same argument are alternatives. config-linux.md#seccomp, seccomp(2).
/// </summary>
public static class SeccompCompiler
{
    private const int MaxInstructions = 4096;
    private const int MostInARow = 4;
    private const uint AuditX64 = 0xc000003e;
    private const uint AuditI386 = 0x40000003;
    private const uint NoSuchCall = SeccompAction.Errno | 38; // ENOSYS
    private const uint SpecAllow = 4;
    private const uint NewListener = 8;
    private const uint WaitKillable = 32; // of who waits for a listener: the kernel takes it with one alone

    /// <summary>The filter of a document that has passed <see cref="SpecValidator"/>.</summary>
    /// <exception cref="RuntimeException">A word is unknown, or the filter is larger than the kernel takes.</exception>
    public static SeccompProgram Compile(SeccompSpec spec, SeccompArch native)
    {
        if (native != SeccompArch.X64)
        {
            throw new RuntimeException("/linux/seccomp", "is not supported on this architecture");
        }

        uint usual = SeccompAction.Parse(spec.DefaultAction, spec.DefaultErrnoRet, "/linux/seccomp/defaultAction");
        if (usual == SeccompAction.Notify)
        {
            throw new RuntimeException("/linux/seccomp/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action");
        }

        (bool i386, bool x32) = Architectures(spec);
        ushort[] starts = SyscallTable.Starts();
        List<CallRule> rules = Rules(spec, usual, out bool notify);
        var writer = new FilterWriter();
        int end = writer.Answer(SeccompAction.KillProcess); // a call of another architecture

        int foreign = end;
        if (i386)
        {
            writer.Enter(Tree(writer, SyscallMachine.I386, rules, usual, starts));
            foreign = writer.IfEqual(AuditI386, writer.Load(FilterWriter.OffsetOfNumber), end);
        }

        int x64 = Tree(writer, SyscallMachine.X64, rules, usual, starts);

        // Calls of x32 come with x86_64's own mark: where they are not asked for, they would slip past a list of what is forbidden.
        // -1 is no call of x32: a tracer makes it of one that it skips. seccomp(2).
        int other = x32 ? Tree(writer, SyscallMachine.X32, rules, usual, starts) : writer.IfEqual(uint.MaxValue, x64, writer.Answer(SeccompAction.KillProcess));
        int own = writer.IfGreaterOrEqual(SyscallTable.X32Bit, other, x64);
        own = writer.Load(FilterWriter.OffsetOfNumber);
        writer.IfEqual(AuditX64, own, foreign);
        writer.Load(FilterWriter.OffsetOfArchitecture);
        return writer.Count <= MaxInstructions
            ? new SeccompProgram(writer.ToArray(), writer.Count, notify ? Flags(spec) | NewListener : Flags(spec) & ~WaitKillable, notify, [])
            : throw new RuntimeException("/linux/seccomp", FormattableString.Invariant($"the filter has {writer.Count} instructions, the kernel takes {MaxInstructions}"));
    }

    private static (bool I386, bool X32) Architectures(SeccompSpec spec)
    {
        bool i386 = false;
        bool x32 = false;
        for (int at = 0; at < spec.Architectures.Length; at++)
        {
            switch (spec.Architectures[at])
            {
                case "SCMP_ARCH_X86":
                    i386 = true;
                    break;
                case "SCMP_ARCH_X32":
                    x32 = true;
                    break;
                case "SCMP_ARCH_NATIVE" or "SCMP_ARCH_X86_64":
                    break;
                case "SCMP_ARCH_ARM" or "SCMP_ARCH_AARCH64" or "SCMP_ARCH_MIPS" or "SCMP_ARCH_MIPS64" or "SCMP_ARCH_MIPS64N32"
                    or "SCMP_ARCH_MIPSEL" or "SCMP_ARCH_MIPSEL64" or "SCMP_ARCH_MIPSEL64N32" or "SCMP_ARCH_PPC" or "SCMP_ARCH_PPC64"
                    or "SCMP_ARCH_PPC64LE" or "SCMP_ARCH_S390" or "SCMP_ARCH_S390X" or "SCMP_ARCH_PARISC" or "SCMP_ARCH_PARISC64"
                    or "SCMP_ARCH_RISCV64" or "SCMP_ARCH_LOONGARCH64" or "SCMP_ARCH_M68K" or "SCMP_ARCH_SH" or "SCMP_ARCH_SHEB":
                    break; // no process on this machine makes calls of theirs, and one that did would be killed
                default:
                    throw new RuntimeException(FormattableString.Invariant($"/linux/seccomp/architectures/{at}"), "unknown architecture " + spec.Architectures[at]);
            }
        }

        return (i386, x32);
    }

    private static uint Flags(SeccompSpec spec)
    {
        if (spec.Flags is not { IsDefault: false } words)
        {
            return SpecAllow; // runc's choice where the document has none
        }

        uint flags = 0;
        for (int at = 0; at < words.Length; at++)
        {
            flags |= words[at] switch
            {
                "SECCOMP_FILTER_FLAG_TSYNC" => 0u, // the shim has one thread, and TSYNC excludes a listener
                "SECCOMP_FILTER_FLAG_LOG" => 2u,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SpecAllow,
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => WaitKillable,
                _ => throw new RuntimeException(FormattableString.Invariant($"/linux/seccomp/flags/{at}"), "unknown flag " + words[at]),
            };
        }

        return flags;
    }

    private static List<CallRule> Rules(SeccompSpec spec, uint usual, out bool notify)
    {
        notify = false;
        var rules = new List<CallRule>(512);
        for (int at = 0; at < spec.Syscalls.Length; at++)
        {
            SeccompRuleSpec rule = spec.Syscalls[at];
            string pointer = FormattableString.Invariant($"/linux/seccomp/syscalls/{at}");
            uint action = SeccompAction.Parse(rule.Action, rule.ErrnoRet, pointer);
            if (action == SeccompAction.Notify && rule.Names.Contains("write"))
            {
                throw new RuntimeException(pointer, "SCMP_ACT_NOTIFY cannot be used for the write syscall");
            }

            ImmutableArray<SeccompArgumentSpec> conditions = rule.Args.IsDefault ? [] : rule.Args;
            bool alternatives = HasSameArgument(conditions);
            foreach (string name in rule.Names)
            {
                if (!alternatives)
                {
                    rules.Add(new CallRule(name, action, conditions, action == usual));
                    continue;
                }

                foreach (SeccompArgumentSpec condition in conditions)
                {
                    rules.Add(new CallRule(name, action, [condition], action == usual));
                }
            }

            notify |= action == SeccompAction.Notify;
        }

        if (notify && string.IsNullOrEmpty(spec.ListenerPath))
        {
            throw new RuntimeException("/linux/seccomp/listenerPath", "is needed for SCMP_ACT_NOTIFY");
        }

        return rules;
    }

    /// <summary>The tree for one set of calls; where it is entered, the number is loaded.</summary>
    private static int Tree(FilterWriter writer, SyscallMachine machine, List<CallRule> rules, uint usual, ushort[] starts)
    {
        var byNumber = new SortedDictionary<int, List<CallRule>>();
        int newest = 0;
        foreach (CallRule rule in rules)
        {
            if (machine == SyscallMachine.I386 && SyscallTable.Multiplexed(rule.Name) is { Selector: > 0 } call && !rule.IsUsual)
            {
                newest = Math.Max(newest, call.Number);
                Put(call.Number, rule with { Conditions = Selected(rule.Conditions, call.Selector) });
            }

            int number = SyscallTable.Number(machine, rule.Name, starts);
            if (number < 0)
            {
                continue; // the architecture has no such call, or the name is newer than we are: as runc, it is passed over
            }

            newest = Math.Max(newest, number);
            if (!rule.IsUsual)
            {
                Put(number, rule);
            }
        }

        // What the profile's author cannot have known fails as on an old kernel, so that programs fall back. runc's stub.
        bool permissive = usual is SeccompAction.Allow or SeccompAction.Log || (usual & SeccompAction.Mask) == SeccompAction.Trace;
        uint beyond = permissive || newest == 0 ? usual : NoSuchCall;
        List<(int First, ImmutableArray<CallRule> Rules, uint Action)> ranges = Ranges(byNumber, usual, beyond, newest);
        return Branch(writer, ranges, 0, ranges.Count - 1, usual, machine == SyscallMachine.I386);

        void Put(int number, CallRule rule)
        {
            if (!byNumber.TryGetValue(number, out List<CallRule>? list))
            {
                byNumber[number] = list = [];
            }

            list.Add(rule);
        }
    }

    /// <summary>
    /// The conditions of a call that i386 makes through socketcall or ipc too: which one it is stands in the first argument, the
    /// call's own first argument out of a filter's sight. libseccomp does so.
    /// </summary>
    private static ImmutableArray<SeccompArgumentSpec> Selected(ImmutableArray<SeccompArgumentSpec> conditions, int selector)
    {
        var kept = ImmutableArray.CreateBuilder<SeccompArgumentSpec>();
        kept.Add(new SeccompArgumentSpec { Index = 0, Value = (ulong)selector, Op = "SCMP_CMP_EQ" });
        foreach (SeccompArgumentSpec condition in conditions)
        {
            if (condition.Index != 0)
            {
                kept.Add(condition);
            }
        }

        return kept.ToImmutable();
    }

    /// <summary>Neighbours with the same answer become one range.</summary>
    private static List<(int First, ImmutableArray<CallRule> Rules, uint Action)> Ranges(SortedDictionary<int, List<CallRule>> byNumber, uint usual, uint beyond, int newest)
    {
        var ranges = new List<(int First, ImmutableArray<CallRule> Rules, uint Action)>();
        int next = 0;
        foreach ((int number, List<CallRule> list) in byNumber)
        {
            if (number > next)
            {
                Add(next, [], usual);
            }

            CallRule? plain = list.Find(static rule => rule.Conditions.IsEmpty);
            if (plain is not null)
            {
                Add(number, [], plain.Action);
            }
            else
            {
                Add(number, [.. list], usual);
            }

            next = number + 1;
        }

        if (next <= newest)
        {
            Add(next, [], usual);
        }

        Add(newest + 1, [], beyond);
        return ranges;

        void Add(int first, ImmutableArray<CallRule> rules, uint action)
        {
            if (ranges.Count > 0 && rules.IsEmpty && ranges[^1].Rules.IsEmpty && ranges[^1].Action == action)
            {
                return;
            }

            ranges.Add((first, rules, action));
        }
    }

    private static int Branch(FilterWriter writer, List<(int First, ImmutableArray<CallRule> Rules, uint Action)> ranges, int low, int high, uint usual, bool narrow)
    {
        if (low == high)
        {
            return Leaf(writer, ranges[low], usual, narrow);
        }

        if (high - low < 2 * MostInARow && TryRow(writer, ranges, low, high, usual, narrow, out int row))
        {
            return row;
        }

        int middle = (low + high + 1) / 2;
        int upper = Branch(writer, ranges, middle, high, usual, narrow);
        int lower = Branch(writer, ranges, low, middle - 1, usual, narrow);
        return writer.IfGreaterOrEqual((uint)ranges[middle].First, upper, lower);
    }

    private static int Leaf(FilterWriter writer, (int First, ImmutableArray<CallRule> Rules, uint Action) range, uint usual, bool narrow) =>
        range.Rules.IsEmpty ? writer.Answer(range.Action) : Conditions(writer, range.Rules, usual, narrow);

    /// <summary>A few single calls among others that all get the same answer are asked for in a row: half the instructions of a tree.</summary>
    private static bool TryRow(FilterWriter writer, List<(int First, ImmutableArray<CallRule> Rules, uint Action)> ranges, int low, int high, uint usual, bool narrow, out int place)
    {
        place = -1;
        int around = -1;
        int singles = 0;
        for (int at = low; at <= high; at++)
        {
            bool single = at + 1 < ranges.Count && ranges[at + 1].First == ranges[at].First + 1;
            if (!single && (!ranges[at].Rules.IsEmpty || (around >= 0 && ranges[around].Action != ranges[at].Action)))
            {
                return false;
            }

            around = single ? around : at;
            singles += single ? 1 : 0;
        }

        if (around < 0 || singles > MostInARow)
        {
            return false;
        }

        Span<int> targets = stackalloc int[high - low + 1];
        for (int at = high; at >= low; at--)
        {
            targets[at - low] = IsAround(ranges, at, around) ? -1 : Leaf(writer, ranges[at], usual, narrow);
        }

        place = writer.Answer(ranges[around].Action);
        for (int at = high; at >= low; at--)
        {
            place = targets[at - low] < 0 ? place : writer.IfEqual((uint)ranges[at].First, targets[at - low], place);
        }

        return true;
    }

    private static bool IsAround(List<(int First, ImmutableArray<CallRule> Rules, uint Action)> ranges, int at, int around) =>
        ranges[at].Rules.IsEmpty && ranges[at].Action == ranges[around].Action;

    /// <summary>The first rule that holds answers. Written from the last to the first.</summary>
    private static int Conditions(FilterWriter writer, ImmutableArray<CallRule> rules, uint usual, bool narrow)
    {
        int otherwise = writer.Answer(usual);
        for (int at = rules.Length - 1; at >= 0; at--)
        {
            CallRule rule = rules[at];
            int answer = writer.Answer(rule.Action);
            int then = answer;
            for (int condition = rule.Conditions.Length - 1; condition >= 0; condition--)
            {
                then = writer.Condition(rule.Conditions[condition], narrow, then, otherwise);
            }

            otherwise = then;
        }

        return otherwise;
    }

    private static bool HasSameArgument(ImmutableArray<SeccompArgumentSpec> conditions)
    {
        uint seen = 0;
        foreach (SeccompArgumentSpec condition in conditions)
        {
            if ((seen & (1u << (int)condition.Index)) != 0)
            {
                return true;
            }

            seen |= 1u << (int)condition.Index;
        }

        return false;
    }

    private sealed record CallRule(string Name, uint Action, ImmutableArray<SeccompArgumentSpec> Conditions, bool IsUsual);
}
