using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Changing limits of a container that lives.</content>
public sealed partial class FsManager
{
    /// <summary>
    /// Writes the limits that differ from what the kernel holds, all or none: when one is refused, those written before it get their old values
    /// back, as read from the kernel, not as some record has them.
    /// </summary>
    /// <param name="list">All limits the container is to have: <see cref="CgroupUpdate.Merge"/>.</param>
    /// <param name="alongside">What belongs to the same change: when it throws, the old values come back as well.</param>
    /// <returns>As <see cref="Apply"/>.</returns>
    /// <exception cref="RuntimeException">A value is refused; the sentence tells if an old value could not be restored.</exception>
    public IReadOnlyList<CgroupNote> Update(CgroupWriteList list, Action? alongside = null)
    {
        list.ThrowOnErrors();
        var change = new CgroupWriteList { MemoryCheck = list.MemoryCheck };
        var before = new List<OldValue>();
        foreach (var write in list.Writes)
        {
            if (!Holds(write, before))
            {
                change.Add(write);
            }
        }

        try
        {
            var notes = Apply(change);
            alongside?.Invoke();
            return notes;
        }
        catch (RuntimeException refused)
        {
            var lost = Restore(before);
            if (lost is null)
            {
                throw;
            }

            throw new RuntimeException($"{refused.Message}; and the old values could not be restored: {lost}");
        }
    }

    /// <summary>Whether the file says already what is to be written; if not, what it said is kept.</summary>
    private bool Holds(CgroupWrite write, List<OldValue> before)
    {
        var path = PathOf(write, write.File);
        var wanted = write.Value;
        var error = files.ReadText(path, out var content);
        if (error == Errno.ENOENT && write.OtherFile is { } other)
        {
            path = PathOf(write, other);
            wanted = write.OtherValue ?? write.Value;
            error = files.ReadText(path, out content);
        }

        if (error != Errno.None)
        {
            return false;
        }

        var old = ValueIn(content, write, wanted);
        if (old == wanted)
        {
            return true;
        }

        before.Add(new OldValue(path, old, write, wanted));
        return false;
    }

    private static string ValueIn(string content, CgroupWrite write, string wanted) =>
        (write.Rules & CgroupWriteRules.Keyed) != 0 ? Line(write.File, content, wanted) : Single(write.File, content);

    /// <summary>The one value of a file: mostly all of it.</summary>
    private static string Single(string file, string content)
    {
        if (file == "memory.oom_control")
        {
            return content.Contains("oom_kill_disable 1", StringComparison.Ordinal) ? "1" : "0";
        }

        // io.weight and io.bfq.weight: the default's line comes first, the devices' follow.
        if (content.StartsWith("default ", StringComparison.Ordinal))
        {
            var end = content.IndexOf('\n', StringComparison.Ordinal);
            return end < 0 ? content["default ".Length..] : content["default ".Length..end];
        }

        // An empty write never reaches the kernel's parser; a newline empties a cpuset.
        return content.Length == 0 ? "\n" : content;
    }

    /// <summary>The line that <paramref name="value"/> would replace: the same first word; or what puts that device back to nothing.</summary>
    private static string Line(string file, string content, string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var key = space < 0 ? value : value[..(space + 1)];
        foreach (var range in content.AsSpan().Split('\n'))
        {
            if (content.AsSpan()[range].StartsWith(key))
            {
                return content[range];
            }
        }

        return file switch
        {
            "io.max" => key + "rbps=max wbps=max riops=max wiops=max",
            "rdma.max" => key + "hca_handle=max hca_object=max",
            "io.weight" or "io.bfq.weight" => key + "default",
            _ => key + "0",
        };
    }

    /// <summary>Last first; twice, for a value may be refused as long as its partner has not come back.</summary>
    private string? Restore(List<OldValue> before)
    {
        var left = before;
        for (var pass = 0; pass < 2 && left.Count > 0; pass++)
        {
            var refused = new List<OldValue>();
            for (var i = left.Count - 1; i >= 0; i--)
            {
                if (files.Write(left[i].Path, left[i].Value) != Errno.None && !IsThere(left[i]))
                {
                    refused.Insert(0, left[i]);
                }
            }

            left = refused;
        }

        if (left.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var old in left)
        {
            text.Append(text.Length == 0 ? string.Empty : ", ").Append(old.Path).Append(" = ").Append(WriteTarget.Shown(old.Value));
        }

        return text.ToString();
    }

    /// <summary>The refused write itself, and those after it, never changed anything.</summary>
    private bool IsThere(OldValue old) =>
        files.ReadText(old.Path, out var content) == Errno.None && ValueIn(content, old.Write, old.Wanted) == old.Value;

    /// <summary>What a file held before the update, for this write.</summary>
    private readonly record struct OldValue(string Path, string Value, CgroupWrite Write, string Wanted);
}
