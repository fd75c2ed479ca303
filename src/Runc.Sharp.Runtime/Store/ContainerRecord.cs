using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Store;

/// <summary>What is remembered of a container between two commands.</summary>
public sealed record ContainerRecord
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

    /// <summary>When init started, in clock ticks since boot: with the pid, a name that no other process has.</summary>
    public ulong StartTime { get; init; }

    /// <summary>The cgroups, as the cgroup manager wrote them; empty where there are none.</summary>
    public string Cgroups { get; init; } = string.Empty;

    /// <summary>Whether the namespaces have a pid namespace of their own: then init's end is the end of all.</summary>
    public bool OwnPidNamespace { get; init; }

    /// <summary>What is left to tell of operations behind the gate: index, pointer, call and words.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The document's annotations and hooks.</summary>
    public required RuntimeSpec Spec { get; init; }

    /// <summary>The record as JSON.</summary>
    public byte[] ToJson()
    {
        var json = new JsonText();
        json.BeginObject().Number("format", Format).String("id", Id).String("bundle", Bundle).String("rootfs", Rootfs)
            .String("created", Created).Number("owner", (long)Owner).Number("pid", (long)Pid).Number("startTime", StartTime)
            .Boolean("ownPidNamespace", OwnPidNamespace).String("cgroups", Cgroups).BeginArray("notes");
        foreach (string note in Notes)
        {
            json.String(null, note);
        }

        json.EndArray().BeginObject("config").String("ociVersion", Spec.OciVersion);
        WriteAnnotations(json, Spec.Annotations);
        if (Spec.Hooks is { } hooks)
        {
            json.BeginObject("hooks");
            WriteHooks(json, "poststart", hooks.Poststart);
            WriteHooks(json, "poststop", hooks.Poststop);
            json.EndObject();
        }

        return json.EndObject().EndObject().ToUtf8();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote. Null where it is not whole.</summary>
    public static ContainerRecord? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return Read(json);
        }
        catch (JsonException)
        {
            return null; // cut short by a crash: what is left of the container is found by its directory
        }
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

    private static ContainerRecord? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        string? id = null, bundle = null, rootfs = null, created = null;
        string cgroups = string.Empty;
        uint owner = 0;
        int pid = 0;
        ulong startTime = 0;
        bool ownPid = false;
        RuntimeSpec? spec = null;
        var notes = ImmutableArray.CreateBuilder<string>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "id":
                    id = reader.GetString();
                    break;
                case "bundle":
                    bundle = reader.GetString();
                    break;
                case "rootfs":
                    rootfs = reader.GetString();
                    break;
                case "created":
                    created = reader.GetString();
                    break;
                case "cgroups":
                    cgroups = reader.GetString() ?? string.Empty;
                    break;
                case "owner":
                    owner = reader.GetUInt32();
                    break;
                case "pid":
                    pid = reader.GetInt32();
                    break;
                case "startTime":
                    startTime = reader.GetUInt64();
                    break;
                case "ownPidNamespace":
                    ownPid = reader.GetBoolean();
                    break;
                case "notes":
                    while (reader.Read() && reader.TokenType == JsonTokenType.String)
                    {
                        notes.Add(reader.GetString()!);
                    }

                    break;
                case "config":
                    int start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    spec = SpecReader.Read(json[start..(int)reader.BytesConsumed]).Value;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return id is null || bundle is null || rootfs is null || created is null || spec is null ? null : new ContainerRecord
        {
            Id = id,
            Bundle = bundle,
            Rootfs = rootfs,
            Created = created,
            Cgroups = cgroups,
            Owner = owner,
            Pid = pid,
            StartTime = startTime,
            OwnPidNamespace = ownPid,
            Notes = notes.ToImmutable(),
            Spec = spec,
        };
    }
}
