using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Store;

/// <summary>What is remembered of a container between two commands.</summary>
public sealed partial record ContainerRecord
{
    /// <summary>The version of this document.</summary>
    public const int Format = 1;

    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>The absolute path of the bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>The absolute path of the root file system.</summary>
    public required string Rootfs { get; init; }

    /// <summary>When it was created: RFC 3339, UTC, nanoseconds.</summary>
    public required string Created { get; init; }

    /// <summary>The user who created it.</summary>
    public uint Owner { get; init; }

    /// <summary>Init's process id; 0 while it is not born, and in a record of intent.</summary>
    public int Pid { get; init; }

    /// <summary>When init started, in clock ticks since boot: with the pid, a name that hardly another process has. 0 where <see cref="ProcessInode"/> is known.</summary>
    public ulong StartTime { get; init; }

    /// <summary>Init's inode in pidfs, a name that no other process has in this boot; 0 before Linux 6.9.</summary>
    public ulong ProcessInode { get; init; }

    /// <summary>The boot of the machine in which pid, start time and inode mean something; empty where it is not known.</summary>
    public string BootId { get; init; } = string.Empty;

    /// <summary>The cgroups, as the cgroup manager wrote them; empty where there are none.</summary>
    public string Cgroups { get; init; } = string.Empty;

    /// <summary>Whether the namespaces have a pid namespace of their own: then init's end is the end of all.</summary>
    public bool OwnPidNamespace { get; init; }

    /// <summary>What is left to tell of operations behind the gate: index, pointer, call and words.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The document's version, annotations, and the hooks that are still to run; nothing else of it is kept.</summary>
    public required RuntimeSpec Spec { get; init; }

    /// <summary>The same container, with init's names.</summary>
    /// <param name="pid">Its process id.</param>
    /// <param name="process">A descriptor for it.</param>
    public ContainerRecord WithInit(int pid, OwnedFd process)
    {
        ulong inode = Processes.PidfdInode(process).OrThrow();
        return this with
        {
            Pid = pid,
            ProcessInode = inode,
            StartTime = inode == 0 ? Processes.Stat(pid).OrThrow().StartTime : 0,
            BootId = Processes.BootId().OrThrow(),
        };
    }

    /// <summary>The record as one line of JSON.</summary>
    /// <remarks>It begins with a line feed too: the line before may have been cut off by a crash.</remarks>
    public byte[] ToLine()
    {
        var json = new JsonText();
        json.BeginObject().Number("format", Format).String("id", Id).String("bundle", Bundle).String("rootfs", Rootfs)
            .String("created", Created).Number("owner", (long)Owner).Number("pid", (long)Pid).Number("startTime", StartTime)
            .Number("processInode", ProcessInode).String("bootId", BootId)
            .Boolean("ownPidNamespace", OwnPidNamespace).String("cgroups", Cgroups);
        json.BeginObject("config").String("ociVersion", Spec.OciVersion);
        WriteAnnotations(json, Spec.Annotations);
        if (Spec.Hooks is { } hooks)
        {
            json.BeginObject("hooks");
            WriteHooks(json, "poststart", hooks.Poststart);
            WriteHooks(json, "poststop", hooks.Poststop);
            json.EndObject();
        }

        json.EndObject();
        WriteTexts(json, "notes", Notes); // the most, and the last: who does without them stops reading here
        json.EndObject();
        return [(byte)'\n', .. json.ToUtf8(), (byte)'\n'];
    }

    /// <summary>Writes annotations, where there are any.</summary>
    internal static void WriteAnnotations(JsonText json, ImmutableArray<KeyValuePair<string, string>> annotations)
    {
        if (annotations.IsDefaultOrEmpty)
        {
            return;
        }

        json.BeginObject("annotations");
        foreach (KeyValuePair<string, string> annotation in annotations)
        {
            json.String(annotation.Key, annotation.Value);
        }

        json.EndObject();
    }

    private static void WriteHooks(JsonText json, string name, ImmutableArray<HookSpec>? hooks)
    {
        if (hooks is not { IsDefaultOrEmpty: false } list)
        {
            return;
        }

        json.BeginArray(name);
        foreach (HookSpec hook in list)
        {
            json.BeginObject().String("path", hook.Path);
            WriteTexts(json, "args", hook.Args);
            WriteTexts(json, "env", hook.Env);
            if (hook.Timeout is { } timeout)
            {
                json.Number("timeout", (long)timeout);
            }

            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteTexts(JsonText json, string name, ImmutableArray<string>? texts)
    {
        if (texts is not { IsDefault: false } list)
        {
            return;
        }

        json.BeginArray(name);
        foreach (string text in list)
        {
            json.String(null, text);
        }

        json.EndArray();
    }
}
