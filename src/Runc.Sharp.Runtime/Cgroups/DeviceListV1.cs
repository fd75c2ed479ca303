using System;
using System.Collections.Generic;
using System.Globalization;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What a rule of the v1 devices controller permits or forbids. devices.rst of the kernel's cgroup-v1 documentation.</summary>
[Flags]
internal enum DeviceAccess
{
    None = 0,
    Read = 1,
    Write = 2,
    Mknod = 4,
    All = Read | Write | Mknod,
}

/// <summary>One exception from the default of a <see cref="DeviceListV1"/>.</summary>
/// <param name="Type"><c>c</c> or <c>b</c>.</param>
/// <param name="Major">-1 for every number.</param>
/// <param name="Minor">-1 for every number.</param>
/// <param name="Access">What is allowed, or in a list that allows by default, forbidden.</param>
/// <param name="Pointer">The rule of config.json that asks for it; empty for the default devices.</param>
internal readonly record struct DeviceException(char Type, long Major, long Minor, DeviceAccess Access, string Pointer)
{
    /// <summary>The line that the kernel reads from devices.allow and devices.deny.</summary>
    internal string Line()
    {
        Span<char> text = stackalloc char[64];
        text[0] = Type;
        text[1] = ' ';
        var length = 2;
        Number(text, ref length, Major);
        text[length++] = ':';
        Number(text, ref length, Minor);
        text[length++] = ' ';
        Letter(text, ref length, DeviceAccess.Read, 'r');
        Letter(text, ref length, DeviceAccess.Write, 'w');
        Letter(text, ref length, DeviceAccess.Mknod, 'm');
        return new string(text[..length]);
    }

    internal bool SameDevices(DeviceException other) => Type == other.Type && Major == other.Major && Minor == other.Minor;

    /// <summary>Whether every device of <paramref name="other"/> is one of this exception too.</summary>
    internal bool Covers(DeviceException other) =>
        Type == other.Type && (Major == -1 || Major == other.Major) && (Minor == -1 || Minor == other.Minor);

    private static void Number(Span<char> text, ref int length, long number)
    {
        if (number < 0)
        {
            text[length++] = '*';
            return;
        }

        number.TryFormat(text[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
    }

    private void Letter(Span<char> text, ref int length, DeviceAccess access, char letter)
    {
        if ((Access & access) != 0)
        {
            text[length++] = letter;
        }
    }
}

/// <summary>
/// The state that a rule list leaves a v1 devices cgroup in: a default and the exceptions from it. The kernel takes rules one write each, so the
/// list is folded first and only what differs in the end is written.
/// </summary>
internal sealed class DeviceListV1
{
    private readonly List<DeviceException> _exceptions = new(16);

    /// <summary>Whether a device without an exception may be used.</summary>
    internal bool AllowByDefault { get; private set; }

    /// <summary>The pointer of the rule that set the default; empty at the start, where all is denied.</summary>
    internal string DefaultPointer { get; private set; } = string.Empty;

    /// <summary>The exceptions that are not part of a wider one.</summary>
    internal List<DeviceException> Exceptions()
    {
        var kept = new List<DeviceException>(_exceptions.Count);
        for (var i = 0; i < _exceptions.Count; i++)
        {
            if (!IsPartOfAnother(i))
            {
                kept.Add(_exceptions[i]);
            }
        }

        return kept;
    }

    /// <summary>Applies one rule after those before it.</summary>
    /// <param name="allow">Whether the rule allows.</param>
    /// <param name="rule">Its devices; the type may be <c>a</c> here, for character and block devices alike.</param>
    /// <exception cref="RuntimeException">The rule cuts a hole into a wildcard, which the v1 controller would silently ignore.</exception>
    internal void Apply(bool allow, DeviceException rule)
    {
        if (Put(allow, rule) is { } fault)
        {
            throw new RuntimeException(fault);
        }
    }

    /// <summary>As <see cref="Apply"/>, but where that would throw the answer is false and the list is of no more use.</summary>
    internal bool TryApply(bool allow, DeviceException rule) => Put(allow, rule) is null;

    private string? Put(bool allow, DeviceException rule)
    {
        if (rule is { Type: 'a', Major: -1, Minor: -1, Access: DeviceAccess.All })
        {
            _exceptions.Clear();
            AllowByDefault = allow;
            DefaultPointer = rule.Pointer;
            return null;
        }

        // The kernel reads any 'a' as "everything", numbers or not: written as it stands, 'a 10:200 r' would open all devices.
        if (rule.Type == 'a')
        {
            return Put(allow, rule with { Type = 'c' }) ?? Put(allow, rule with { Type = 'b' });
        }

        if (allow == AllowByDefault)
        {
            return Subtract(rule);
        }

        Add(rule);
        return null;
    }

    private void Add(DeviceException rule)
    {
        for (var i = 0; i < _exceptions.Count; i++)
        {
            if (_exceptions[i].SameDevices(rule))
            {
                // A default device that the configuration names as well is the configuration's.
                var pointer = rule.Pointer.Length == 0 ? _exceptions[i].Pointer : rule.Pointer;
                _exceptions[i] = rule with { Access = rule.Access | _exceptions[i].Access, Pointer = pointer };
                return;
            }
        }

        _exceptions.Add(rule);
    }

    private string? Subtract(DeviceException rule)
    {
        for (var i = _exceptions.Count - 1; i >= 0; i--)
        {
            var there = _exceptions[i];
            if (rule.Covers(there))
            {
                var rest = there.Access & ~rule.Access;
                if (rest == DeviceAccess.None)
                {
                    _exceptions.RemoveAt(i);
                }
                else
                {
                    _exceptions[i] = there with { Access = rest };
                }
            }
            else if ((there.Access & rule.Access) != 0 && Overlap(there, rule))
            {
                return
                    $"{rule.Pointer}: the rule '{rule.Line()}' would cut a hole into '{there.Line()}' ({there.Pointer}), which the v1 devices controller cannot do; hint: order the rules from wide to narrow with the same direction, or use cgroup v2";
            }
        }

        return null;
    }

    private static bool Overlap(DeviceException a, DeviceException b) =>
        a.Type == b.Type && (a.Major == -1 || b.Major == -1 || a.Major == b.Major) && (a.Minor == -1 || b.Minor == -1 || a.Minor == b.Minor);

    private bool IsPartOfAnother(int index)
    {
        var rule = _exceptions[index];
        for (var i = 0; i < _exceptions.Count; i++)
        {
            // SameDevices never holds for two different entries, so no two can swallow each other.
            if (i != index && _exceptions[i].Covers(rule) && (rule.Access & ~_exceptions[i].Access) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
