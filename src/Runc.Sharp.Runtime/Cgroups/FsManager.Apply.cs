using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Writing limits.</content>
public sealed partial class FsManager
{
    /// <summary>
    /// Writes the limits, in order. Best between <see cref="Create"/> and the arrival of the first process: then they hold from its first
    /// instruction, and a v1 cpuset has what it needs to take it.
    /// </summary>
    /// <param name="list">The limits; one with errors throws them.</param>
    /// <returns>Limits that an old kernel lacks the knob for, and that do not hold.</returns>
    /// <exception cref="RuntimeException">A value is refused; what was written before it stays.</exception>
    public IReadOnlyList<CgroupNote> Apply(CgroupWriteList list)
    {
        list.ThrowOnErrors();
        if (list.MemoryCheck is { } check)
        {
            CheckMemory(check);
        }

        List<CgroupNote>? ignored = null;
        List<CgroupWrite>? deferred = null;
        foreach (var write in list.Writes)
        {
            var error = Try(write);
            if (error == Errno.EINVAL && (write.Rules & CgroupWriteRules.Deferrable) != 0)
            {
                (deferred ??= []).Add(write);
                continue;
            }

            if (error == Errno.ENOENT && (write.Rules & CgroupWriteRules.WarnMissing) != 0)
            {
                (ignored ??= []).Add(new CgroupNote(write.Pointer, $"is ignored: this kernel has no {write.File}"));
            }
            else if (error != Errno.None && !(error == Errno.ENOENT && (write.Rules & CgroupWriteRules.SkipMissing) != 0))
            {
                throw Refused(write, error);
            }

            if ((write.Rules & CgroupWriteRules.Settles) != 0 && deferred is not null)
            {
                Retry(deferred);
            }
        }

        if (deferred is { Count: > 0 })
        {
            throw Refused(deferred[0], Errno.EINVAL);
        }

        return ignored ?? (IReadOnlyList<CgroupNote>)[];
    }

    /// <summary>The writes as this kernel takes them: a weight of disks goes to the BFQ scheduler's file where there is one.</summary>
    internal IReadOnlyList<CgroupWrite> Settled(IReadOnlyList<CgroupWrite> writes)
    {
        List<CgroupWrite>? settled = null;
        for (var at = 0; at < writes.Count; at++)
        {
            var write = writes[at];
            if (write.Controller is not ("io" or "blkio") || write.OtherFile is not { } other)
            {
                continue;
            }

            settled ??= [.. writes];
            settled[at] = files.Probe(PathOf(write, write.File)) == Errno.None
                ? write with { OtherFile = null, OtherValue = null }
                : write with { File = other, Value = write.OtherValue ?? write.Value, OtherFile = null, OtherValue = null };
        }

        return settled ?? writes;
    }

    private void Retry(List<CgroupWrite> deferred)
    {
        foreach (var write in deferred)
        {
            var error = Try(write);
            if (error != Errno.None)
            {
                throw Refused(write, error);
            }
        }

        deferred.Clear();
    }

    private Errno Try(CgroupWrite write)
    {
        var error = files.Write(PathOf(write, write.File), write.Value);
        return error == Errno.ENOENT && write.OtherFile is { } other
            ? files.Write(PathOf(write, other), write.OtherValue ?? write.Value)
            : error;
    }

    private string PathOf(CgroupWrite write, string file) => DirectoryOf(write.Controller) + "/" + file;

    private string DirectoryOf(string controller) =>
        Placement.Find(Placement.Version == CgroupVersion.Unified ? string.Empty : controller)?.Directory
        ?? throw new RuntimeException($"cannot set a limit: the container has no {controller} cgroup");

    private void CheckMemory(CgroupMemoryCheck check)
    {
        // Where the use cannot be read there is nothing to compare with: the kernel itself decides.
        if (files.Read(DirectoryOf("memory") + "/memory.current", out var content) != Errno.None
            || !Utf8Parser.TryParse(content, out long usage, out _))
        {
            return;
        }

        if (check.Swap > 0 && check.Swap <= usage)
        {
            throw new RuntimeException(check.Pointer, $"rejecting memory+swap limit {WriteTarget.Text(check.Swap)} <= usage {WriteTarget.Text(usage)}");
        }

        if (check.Limit > 0 && check.Limit <= usage)
        {
            throw new RuntimeException(check.Pointer, $"rejecting memory limit {WriteTarget.Text(check.Limit)} <= usage {WriteTarget.Text(usage)}");
        }
    }

    private RuntimeException Refused(CgroupWrite write, Errno error)
    {
        if (error == Errno.EBUSY && write.File == "memory.limit_in_bytes")
        {
            var directory = DirectoryOf("memory");
            files.ReadText(directory + "/memory.usage_in_bytes", out var usage);
            files.ReadText(directory + "/memory.max_usage_in_bytes", out var peak);
            return new RuntimeException(write.Pointer, $"unable to set memory limit to {write.Value} (current usage: {usage}, peak usage: {peak})");
        }

        // The file only exists where the controller was handed down all the way.
        if (Placement.Version == CgroupVersion.Unified && error is Errno.ENOENT or Errno.EACCES or Errno.EPERM && !Available(write.Controller))
        {
            return new RuntimeException(
                write.Pointer,
                $"cannot set {write.File}: controller \"{write.Controller}\" not available in {Placement.Root}/{DirectoryOf(write.Controller)}"
                + (_controllersKept is null ? string.Empty : "; hint: " + _controllersKept));
        }

        var text = new StringBuilder(160)
            .Append("write '").Append(WriteTarget.Shown(write.Value)).Append("' to ")
            .Append(Placement.Root).Append('/').Append(PathOf(write, write.File)).Append(": ").Append(Words(error));
        if (CgroupHints.For(write, error, Placement.Version) is { } hint)
        {
            text.Append("; hint: ").Append(hint);
        }

        return new RuntimeException(write.Pointer, text.ToString());
    }

    private bool Available(string controller)
    {
        if (controller == "cgroup")
        {
            return true;
        }

        files.ReadText(DirectoryOf(controller) + "/cgroup.controllers", out var there);
        return Array.IndexOf(there.Split(' '), controller) >= 0;
    }
}
