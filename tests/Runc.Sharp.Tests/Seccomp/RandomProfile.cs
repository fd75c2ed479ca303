using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Tests.Seccomp;

/// <summary>Profiles by chance, the same ones at each run.</summary>
internal sealed class RandomProfile(int seed)
{
    private static readonly string[] Actions = ["ALLOW", "ERRNO", "KILL", "KILL_PROCESS", "KILL_THREAD", "LOG", "TRACE", "TRAP", "NOTIFY"];
    private static readonly string[] Operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];
    private static readonly ulong[] Values = [0, 1, 2, 5, 8, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
    private static readonly ulong[] WideValues = [0x1_0000_0000, 0x1_0000_0001, 0x1_ffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_0000_0000, ulong.MaxValue];
    private static readonly string[] Names = [.. DockerProfile.Names.Where(static name => name != "write" && LibSeccomp.Knows(name))];

    // Without an anchor above them, i386's own socket calls would be the newest there, and are not for runc.
    private static readonly string[] Direct = [.. Names.Where(static name => LibSeccomp.Number(LibSeccomp.Machine.I386, name) > -100)];
    private readonly Random _random = new(seed);

    /// <param name="wide">Values of more than 32 bits, which for i386 and x32 libseccomp cuts off and we do not.</param>
    /// <param name="tangled">
    /// Several rules of several conditions for one call, and rules that overlap and disagree. For the first libseccomp 2.5 merges its
    /// trees wrongly where a condition holds on the branch not taken (NE, LT, LE), and it refuses some that contradict each other;
    /// for the others it has an order of its own.
    /// </param>
    internal SeccompSpec Next(bool wide, bool tangled)
    {
        string usual = Pick(Actions[..8]);
        var rules = ImmutableArray.CreateBuilder<SeccompRuleSpec>();
        var actions = new Dictionary<string, (string, uint?)>();
        var several = new HashSet<string>();
        var asked = new HashSet<(string Name, uint Index, ulong Value)>();
        bool anchored = _random.Next(2) == 0;
        int count = _random.Next(1, 60);
        for (int at = 0; at < count; at++)
        {
            string[] names = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick(anchored ? Names : Direct)).Distinct()];
            if (_random.Next(3) == 0)
            {
                names = [.. names.Concat(rules.Count > 0 ? rules[_random.Next(rules.Count)].Names : []).Distinct()];
            }

            ImmutableArray<SeccompArgumentSpec> conditions = Conditions(wide);
            foreach (string name in names)
            {
                bool known = actions.TryGetValue(name, out (string Word, uint? Errno) action);
                if (tangled || !known)
                {
                    action = Action();
                    actions[name] = action;
                }

                bool first = tangled || !known;
                ImmutableArray<SeccompArgumentSpec> own = first || conditions.Length < 2 ? conditions : [conditions[0]];
                if (!tangled && ((!first && several.Contains(name)) || !own.All(condition => asked.Add((name, condition.Index, condition.Value)))))
                {
                    continue;
                }

                if (own.Length > 1)
                {
                    several.Add(name);
                }

                rules.Add(new SeccompRuleSpec { Names = [name], Action = action.Word, ErrnoRet = action.Errno, Args = own });
            }
        }

        if (anchored)
        {
            rules.Add(new SeccompRuleSpec { Names = ["clone3"], Action = "SCMP_ACT_ALLOW" });
        }

        return new SeccompSpec
        {
            DefaultAction = "SCMP_ACT_" + usual,
            DefaultErrnoRet = usual is "ERRNO" or "TRACE" && _random.Next(2) == 0 ? (uint)_random.Next(1, 4096) : null,
            Architectures = [.. ((string[])["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]).Where(_ => _random.Next(3) > 0)],
            ListenerPath = "/agent",
            Syscalls = rules.ToImmutable(),
        };
    }

    /// <summary>Arguments near the values that the profile asks for.</summary>
    internal ulong[] Arguments(ImmutableArray<SeccompArgumentSpec> conditions, bool narrow)
    {
        var arguments = new ulong[6];
        for (int at = 0; at < arguments.Length; at++)
        {
            ulong[] near = [.. conditions.Where(condition => condition.Index == at).SelectMany(Near)];
            ulong argument = near.Length > 0 && _random.Next(8) > 0 ? Pick(near) : Pick(Values.Concat(WideValues).Append((ulong)_random.NextInt64()));
            arguments[at] = narrow ? (uint)argument : argument;
        }

        return arguments;
    }

    private static IEnumerable<ulong> Near(SeccompArgumentSpec condition)
    {
        ulong value = condition.Op == "SCMP_CMP_MASKED_EQ" ? (condition.ValueTwo ?? 0) & condition.Value : condition.Value;
        yield return value;
        yield return value;
        yield return value - 1;
        yield return value + 1;
        yield return value ^ 0x1_0000_0000;
        yield return (uint)value;
        yield return value | 0xffff_ffff_0000_0000;
        yield return value ^ (condition.Value & (0 - condition.Value));
        yield return value | ~condition.Value;
    }

    private ImmutableArray<SeccompArgumentSpec> Conditions(bool wide)
    {
        int count = _random.Next(3) == 0 ? 0 : _random.Next(1, 4);
        ulong[] values = wide ? [.. Values, .. WideValues] : Values;
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new SeccompArgumentSpec
            {
                Index = (uint)_random.Next(6),
                Op = "SCMP_CMP_" + Pick(Operators),
                Value = Pick(values),
                ValueTwo = _random.Next(4) == 0 ? null : Pick(values),
            }),
        ];
    }

    private (string Word, uint? Errno) Action()
    {
        string action = Pick(Actions);
        return ("SCMP_ACT_" + action, action is "ERRNO" or "TRACE" && _random.Next(2) == 0 ? (uint)_random.Next(0, 4096) : null);
    }

    private T Pick<T>(IEnumerable<T> among)
    {
        T[] list = [.. among];
        return list[_random.Next(list.Length)];
    }
}
