using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The options of one mount, sorted by who understands them. config.md#mounts, mount_setattr(2).</summary>
internal sealed class MountOptions
{
    /// <summary>Attributes of the mount to set.</summary>
    public long Set { get; private set; }

    /// <summary>Attributes of the mount to clear.</summary>
    public long Clear { get; private set; }

    /// <summary>Attributes to set on the mount and all below it.</summary>
    public long RecursiveSet { get; private set; }

    /// <summary>Attributes to clear on the mount and all below it.</summary>
    public long RecursiveClear { get; private set; }

    /// <summary>MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE; 0 where none is asked.</summary>
    public long Propagation { get; private set; }

    /// <summary>Whether the propagation holds for all mounts below as well.</summary>
    public bool PropagationIsRecursive { get; private set; }

    /// <summary>Whether this is a bind mount.</summary>
    public bool Bind { get; private set; }

    /// <summary>Whether the bind mount takes what is mounted below the source along.</summary>
    public bool RecursiveBind { get; private set; }

    /// <summary>Whether nothing is mounted: what stands at the destination is changed.</summary>
    public bool Remount { get; private set; }

    /// <summary>Whether a tmpfs starts with the content of what it hides.</summary>
    public bool CopyUp { get; private set; }

    /// <summary>The option that asks for an id-mapped mount, where one does.</summary>
    public string? IdMap { get; private set; }

    /// <summary>Options for the file system itself, in their order.</summary>
    public List<string> Data { get; } = [];

    /// <summary>Sorts <paramref name="options"/>; later ones win over earlier ones.</summary>
    public static MountOptions Parse(string? type, ImmutableArray<string>? options)
    {
        var sorted = new MountOptions { Bind = type == "bind", RecursiveBind = type == "rbind" };
        sorted.Bind |= sorted.RecursiveBind;
        if (options is { IsDefault: false } list)
        {
            foreach (string option in list)
            {
                sorted.Add(option);
            }
        }

        return sorted;
    }

    /// <summary>Sets further attributes.</summary>
    internal void Add(long attributes) => Set |= attributes;

    /// <summary>Whether the mount is to be read-only; from now on that is the caller's to do.</summary>
    internal bool TakeReadOnly()
    {
        bool readOnly = (Set & MOUNT_ATTR_RDONLY) != 0;
        Set &= ~MOUNT_ATTR_RDONLY;
        return readOnly;
    }

    private void Add(string option)
    {
        if (AddAttribute(option) || AddPropagation(option))
        {
            return;
        }

        switch (option)
        {
            case "bind":
                Bind = true;
                break;
            case "rbind":
                Bind = true;
                RecursiveBind = true;
                break;
            case "tmpcopyup":
                CopyUp = true;
                break;
            case "idmap" or "ridmap":
                IdMap = option;
                break;
            case "remount":
                Remount = true;
                break;
            case "defaults" or "noiversion":
                break; // the state of a new mount
            case "async":
                Data.Remove("sync");
                break;
            case "nolazytime":
                Data.Remove("lazytime");
                break;
            case "nomand":
                Data.Remove("mand");
                break;
            case "loud" or "silent" or "iversion":
                break; // what the kernel logs of a failure we tell ourselves; i_version is kept by every file system that has one
            default:
                AddData(option);
                break;
        }
    }

    /// <summary>For mount(2) all options made one text: what stands between commas was one each, but for those in quotes or behind a backslash (overlayfs). mount(8)</summary>
    private void AddData(string option)
    {
        int from = 0;
        bool quoted = false;
        for (int at = 0; at <= option.Length; at++)
        {
            if (at < option.Length)
            {
                quoted ^= option[at] == '"';
                if (option[at] != ',' || quoted || (at > 0 && option[at - 1] == '\\') || IsBareContext(option.AsSpan(from)))
                {
                    continue;
                }
            }

            if (at > from)
            {
                Data.Add(option[from..at]);
            }

            from = at + 1;
        }
    }

    /// <summary>The categories of a label have commas; alone in its option it needs no quotes.</summary>
    private static bool IsBareContext(ReadOnlySpan<char> option)
    {
        int equals = option.IndexOf('=');
        return equals > 0 && option[..equals] is "context" or "fscontext" or "defcontext" or "rootcontext" && !option[(equals + 1)..].StartsWith("\"");
    }

    private bool AddAttribute(string option)
    {
        bool recursive = option.Length > 2 && option[0] == 'r' && option is not ("ro" or "rw" or "relatime" or "remount" or "rbind");
        (long set, long clear) = Attribute(recursive ? option.AsSpan(1) : option);
        if (set == 0 && clear == 0)
        {
            return false;
        }

        if (recursive)
        {
            RecursiveSet = (RecursiveSet & ~clear) | set;
            RecursiveClear = (RecursiveClear & ~set) | clear;
        }
        else
        {
            Set = (Set & ~clear) | set;
            Clear = (Clear & ~set) | clear;
        }

        return true;
    }

    /// <summary>What an option sets and clears; an access time mode is a field, so setting one clears the others.</summary>
    private static (long Set, long Clear) Attribute(ReadOnlySpan<char> option) => option switch
    {
        "ro" => (MOUNT_ATTR_RDONLY, 0),
        "rw" => (0, MOUNT_ATTR_RDONLY),
        "nosuid" => (MOUNT_ATTR_NOSUID, 0),
        "suid" => (0, MOUNT_ATTR_NOSUID),
        "nodev" => (MOUNT_ATTR_NODEV, 0),
        "dev" => (0, MOUNT_ATTR_NODEV),
        "noexec" => (MOUNT_ATTR_NOEXEC, 0),
        "exec" => (0, MOUNT_ATTR_NOEXEC),
        "nodiratime" => (MOUNT_ATTR_NODIRATIME, 0),
        "diratime" => (0, MOUNT_ATTR_NODIRATIME),
        "nosymfollow" => (MOUNT_ATTR_NOSYMFOLLOW, 0),
        "symfollow" => (0, MOUNT_ATTR_NOSYMFOLLOW),
        "noatime" => (MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME),
        "strictatime" => (MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME),
        "relatime" or "atime" or "norelatime" or "nostrictatime" => (MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME),
        _ => (0, 0),
    };

    private bool AddPropagation(string option)
    {
        (long propagation, bool recursive) = option switch
        {
            "shared" => (MS_SHARED, false),
            "rshared" => (MS_SHARED, true),
            "slave" => (MS_SLAVE, false),
            "rslave" => (MS_SLAVE, true),
            "private" => (MS_PRIVATE, false),
            "rprivate" => (MS_PRIVATE, true),
            "unbindable" => (MS_UNBINDABLE, false),
            "runbindable" => (MS_UNBINDABLE, true),
            _ => (0, false),
        };
        if (propagation == 0)
        {
            return false;
        }

        Propagation = propagation;
        PropagationIsRecursive = recursive;
        return true;
    }
}
