using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>How a write behaves when the kernel refuses it.</summary>
[Flags]
public enum CgroupWriteRules
{
    /// <summary>Any refusal is an error.</summary>
    None = 0,

    /// <summary>ENOENT loses nothing: the knob is absent and so is what it limits.</summary>
    SkipMissing = 1,

    /// <summary>ENOENT is a warning: an old kernel lacks the knob, and the limit does not hold.</summary>
    WarnMissing = 2,

    /// <summary>
    /// EINVAL may come from an old partner value (a period against the old quota, a limit against the old swap limit): the write is tried
    /// again after the next one that carries <see cref="Settles"/>.
    /// </summary>
    Deferrable = 4,

    /// <summary>The partner value: writes put off before it are tried again after it.</summary>
    Settles = 8,

    /// <summary>The file holds one line per device, and the value replaces one of them.</summary>
    Keyed = 16,
}

/// <summary>One value for one control file.</summary>
/// <param name="Controller">The v1 controller, e.g. <c>memory</c>; on v2 the same by its v2 name.</param>
/// <param name="File">The control file; one name, checked by <see cref="CgroupName"/>.</param>
/// <param name="Value">What to write; one write(2), for the kernel reads a value a write.</param>
/// <param name="Pointer">The property it comes from.</param>
/// <param name="Rules">What a refusal means.</param>
public sealed record CgroupWrite(string Controller, string File, string Value, string Pointer, CgroupWriteRules Rules = CgroupWriteRules.None)
{
    /// <summary>The file to write where <see cref="File"/> does not exist: another I/O scheduler's, or a hierarchy mounted without prefix.</summary>
    public string? OtherFile { get; init; }

    /// <summary>The value for <see cref="OtherFile"/>; null for the same.</summary>
    public string? OtherValue { get; init; }
}

/// <summary>A property and what there is to say about it.</summary>
/// <param name="Pointer">The JSON pointer.</param>
/// <param name="Message">Lower case, without a full stop.</param>
public readonly record struct CgroupNote(string Pointer, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Pointer.Length == 0 ? Message : string.Concat(Pointer, ": ", Message);
}

/// <summary>Refuse a limit that the cgroup's use exceeds already. Spec: config-linux.md#memory, <c>checkBeforeUpdate</c>.</summary>
/// <param name="Limit">The limit in bytes; 0 or less for none.</param>
/// <param name="Swap">The limit of memory and swap together in bytes; 0 or less for none.</param>
/// <param name="Pointer">The JSON pointer of <c>checkBeforeUpdate</c>.</param>
public readonly record struct CgroupMemoryCheck(long Limit, long Swap, string Pointer);

/// <summary>What <c>linux.resources</c> comes to on one machine: the writes in order, and what must be said.</summary>
public sealed class CgroupWriteList
{
    private readonly List<CgroupWrite> _writes = [];
    private readonly List<CgroupNote> _errors = [];
    private readonly List<CgroupNote> _warnings = [];

    /// <summary>The writes, in the order in which the kernel accepts them.</summary>
    public IReadOnlyList<CgroupWrite> Writes => _writes;

    /// <summary>Properties that cannot be honoured; with any, nothing may be written.</summary>
    public IReadOnlyList<CgroupNote> Errors => _errors;

    /// <summary>Properties that are ignored.</summary>
    public IReadOnlyList<CgroupNote> Warnings => _warnings;

    /// <summary>What to compare with the cgroup's use first; null where the kernel does so by itself or nothing asks for it.</summary>
    public CgroupMemoryCheck? MemoryCheck { get; internal set; }

    /// <summary>Throws the errors as one sentence.</summary>
    /// <exception cref="RuntimeException">There is an error.</exception>
    public void ThrowOnErrors()
    {
        if (_errors.Count == 0)
        {
            return;
        }

        var refusals = ImmutableArray.CreateBuilder<Refusal>(_errors.Count);
        foreach (var error in _errors)
        {
            refusals.Add(new Refusal(error.Pointer, ": " + error.Message));
        }

        throw new RuntimeException(refusals.MoveToImmutable());
    }

    /// <summary>Whether a write goes to <paramref name="file"/>.</summary>
    public bool Sets(string file)
    {
        foreach (var write in _writes)
        {
            if (write.File == file)
            {
                return true;
            }
        }

        return false;
    }

    internal void Add(CgroupWrite write) => _writes.Add(write);

    internal void Error(string pointer, string message) => _errors.Add(new CgroupNote(pointer, message));

    internal void Warn(string pointer, string message) => _warnings.Add(new CgroupNote(pointer, message));
}
