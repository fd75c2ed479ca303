using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;
using Machine = Runc.Sharp.Tests.Seccomp.LibSeccomp.Machine;

namespace Runc.Sharp.Tests.Seccomp;

/// <summary>What a profile means, without a program: the rules are asked one after the other. config-linux.md#seccomp.</summary>
internal sealed class ProfileModel
{
    private const int X32Bit = 0x40000000;
    private const uint KillProcess = 0x80000000;
    private const uint NoSuchCall = 0x00050026;
    private readonly Dictionary<Machine, Dictionary<int, List<(uint Action, ImmutableArray<SeccompArgumentSpec> Conditions)>>> _rules = [];
    private readonly Dictionary<Machine, int> _newest = [];
    private readonly uint _usual;

    internal ProfileModel(SeccompSpec spec)
    {
        _usual = LibSeccomp.Action(spec.DefaultAction, spec.DefaultErrnoRet);
        ushort[] starts = SyscallTable.Starts();
        foreach (Machine machine in LibSeccomp.Machines(spec))
        {
            var calls = new Dictionary<int, List<(uint, ImmutableArray<SeccompArgumentSpec>)>>();
            int newest = 0;
            foreach (SeccompRuleSpec rule in spec.Syscalls)
            {
                uint action = LibSeccomp.Action(rule.Action, rule.ErrnoRet);
                foreach (string name in rule.Names)
                {
                    int number = SyscallTable.Number(Words(machine), name, starts);
                    newest = int.Max(newest, number);
                    (int through, int selector) = machine == Machine.I386 ? SyscallTable.Multiplexed(name) : default;
                    if (action == _usual)
                    {
                        continue;
                    }

                    foreach (ImmutableArray<SeccompArgumentSpec> conditions in Alternatives(rule.Args))
                    {
                        if (number >= 0)
                        {
                            Add(number, action, conditions);
                        }

                        if (through > 0)
                        {
                            newest = int.Max(newest, through);
                            Add(through, action, [new SeccompArgumentSpec { Index = 0, Op = "SCMP_CMP_EQ", Value = (ulong)selector }, .. conditions.Where(static condition => condition.Index != 0)]);
                        }
                    }
                }
            }

            _rules.Add(machine, calls);
            _newest.Add(machine, newest);

            void Add(int number, uint action, ImmutableArray<SeccompArgumentSpec> conditions)
            {
                if (!calls.TryGetValue(number, out List<(uint, ImmutableArray<SeccompArgumentSpec>)>? list))
                {
                    calls.Add(number, list = []);
                }

                list.Add((action, conditions));
            }
        }
    }

    internal static SyscallMachine Words(Machine machine) => machine switch
    {
        Machine.X64 => SyscallMachine.X64,
        Machine.I386 => SyscallMachine.I386,
        _ => SyscallMachine.X32,
    };

    /// <summary>The numbers that rules are about.</summary>
    internal IEnumerable<int> Numbers(Machine machine) => _rules[machine].Keys;

    internal int Newest(Machine machine) => _newest[machine];

    /// <summary>What a call gets that is newer than everything the profile names; null where that is nothing special.</summary>
    internal uint? Beyond(uint architecture, int number)
    {
        Machine machine = architecture == (uint)Machine.X64 && (number & X32Bit) != 0 && number != -1 && _rules.ContainsKey(Machine.X32) ? Machine.X32 : (Machine)architecture;
        bool permissive = (_usual & 0xffff0000) is 0x7fff0000 or 0x7ffc0000 or 0x7ff00000;
        bool foreign = machine == Machine.X64 && (number & X32Bit) != 0 && number != -1;
        return !permissive && !foreign && _newest.TryGetValue(machine, out int newest) && newest > 0 && (uint)number > (uint)newest ? NoSuchCall : null;
    }

    internal uint Answer(uint architecture, int number, ulong[] arguments)
    {
        if (Beyond(architecture, number) is { } beyond)
        {
            return beyond;
        }

        var machine = (Machine)architecture;
        if (machine == Machine.X64 && number != -1 && (uint)number >= X32Bit)
        {
            machine = Machine.X32;
        }

        if (!_rules.TryGetValue(machine, out var calls))
        {
            return KillProcess;
        }

        if (!calls.TryGetValue(number, out var rules))
        {
            return _usual;
        }

        foreach ((uint action, ImmutableArray<SeccompArgumentSpec> conditions) in rules.OrderBy(static rule => rule.Conditions.IsEmpty ? 0 : 1))
        {
            if (conditions.All(condition => Holds(condition, arguments[condition.Index])))
            {
                return action;
            }
        }

        return _usual;
    }

    private static bool Holds(SeccompArgumentSpec condition, ulong argument) => condition.Op switch
    {
        "SCMP_CMP_EQ" => argument == condition.Value,
        "SCMP_CMP_NE" => argument != condition.Value,
        "SCMP_CMP_LT" => argument < condition.Value,
        "SCMP_CMP_LE" => argument <= condition.Value,
        "SCMP_CMP_GT" => argument > condition.Value,
        "SCMP_CMP_GE" => argument >= condition.Value,
        _ => (argument & condition.Value) == ((condition.ValueTwo ?? 0) & condition.Value),
    };

    private static IEnumerable<ImmutableArray<SeccompArgumentSpec>> Alternatives(ImmutableArray<SeccompArgumentSpec> conditions) =>
        conditions.DistinctBy(static condition => condition.Index).Count() < conditions.Length
            ? conditions.Select(static condition => ImmutableArray.Create(condition))
            : [conditions];
}
