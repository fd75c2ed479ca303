using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Store;

public sealed partial record ContainerRecord
{
    /// <summary>The last whole record of a file of lines; null where there is none.</summary>
    /// <exception cref="RuntimeException">The last record is of a newer program.</exception>
    public static ContainerRecord? Parse(ReadOnlySpan<byte> lines)
    {
        // What stands behind the last line feed is being written, or was cut off.
        for (int end = lines.LastIndexOf((byte)'\n'); end >= 0; end = lines[..end].LastIndexOf((byte)'\n'))
        {
            int start = lines[..end].LastIndexOf((byte)'\n') + 1;
            if (end > start && ReadLine(lines[start..end]) is { } record)
            {
                return record;
            }
        }

        return null;
    }

    private static ContainerRecord? ReadLine(ReadOnlySpan<byte> line)
    {
        try
        {
            return ReadRecord(line);
        }
        catch (JsonException)
        {
            return null; // cut off by a crash: the line before counts
        }
        catch (InvalidOperationException)
        {
            return null; // JSON, but not of ours
        }
        catch (FormatException)
        {
            return null; // a number out of range: not of ours either
        }
    }

    private static ContainerRecord? ReadRecord(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? id = null, bundle = null, rootfs = null, created = null;
        string cgroups = string.Empty, bootId = string.Empty;
        uint owner = 0;
        int pid = 0;
        ulong startTime = 0, inode = 0;
        bool ownPid = false;
        RuntimeSpec? spec = null;
        ImmutableArray<string> notes = [];
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader, out string name))
        {
            switch (name)
            {
                case "format":
                    CheckFormat(reader.GetInt64());
                    break;
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
                case "owner":
                    owner = reader.GetUInt32();
                    break;
                case "pid":
                    pid = reader.GetInt32();
                    break;
                case "startTime":
                    startTime = reader.GetUInt64();
                    break;
                case "processInode":
                    inode = reader.GetUInt64();
                    break;
                case "bootId":
                    bootId = reader.GetString() ?? string.Empty;
                    break;
                case "ownPidNamespace":
                    ownPid = reader.GetBoolean();
                    break;
                case "cgroups":
                    cgroups = reader.GetString() ?? string.Empty;
                    break;
                case "notes":
                    notes = ReadTexts(ref reader);
                    break;
                case "config":
                    spec = ReadSpec(ref reader);
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
            Owner = owner,
            Pid = pid,
            StartTime = startTime,
            ProcessInode = inode,
            BootId = bootId,
            Cgroups = cgroups,
            OwnPidNamespace = ownPid,
            Notes = notes,
            Spec = spec,
        };
    }

    private static RuntimeSpec ReadSpec(ref Utf8JsonReader reader)
    {
        string version = string.Empty;
        var annotations = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        HooksSpec? hooks = null;
        Require(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader, out string name))
        {
            switch (name)
            {
                case "ociVersion":
                    version = reader.GetString() ?? string.Empty;
                    break;
                case "annotations":
                    Require(ref reader, JsonTokenType.StartObject);
                    while (NextProperty(ref reader, out string key))
                    {
                        annotations.Add(new KeyValuePair<string, string>(key, reader.GetString() ?? string.Empty));
                    }

                    break;
                case "hooks":
                    hooks = ReadHooks(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new RuntimeSpec { OciVersion = version, Annotations = annotations.DrainToImmutable(), Hooks = hooks };
    }

    private static HooksSpec ReadHooks(ref Utf8JsonReader reader)
    {
        ImmutableArray<HookSpec>? poststart = null, poststop = null;
        Require(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader, out string name))
        {
            ImmutableArray<HookSpec> list = ReadHookList(ref reader);
            if (name == "poststart")
            {
                poststart = list;
            }
            else if (name == "poststop")
            {
                poststop = list;
            }
        }

        return new HooksSpec { Poststart = poststart, Poststop = poststop };
    }

    private static ImmutableArray<HookSpec> ReadHookList(ref Utf8JsonReader reader)
    {
        var hooks = ImmutableArray.CreateBuilder<HookSpec>();
        Require(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string? path = null;
            ImmutableArray<string>? args = null, env = null;
            int? timeout = null;
            while (NextProperty(ref reader, out string name))
            {
                switch (name)
                {
                    case "path":
                        path = reader.GetString();
                        break;
                    case "args":
                        args = ReadTexts(ref reader);
                        break;
                    case "env":
                        env = ReadTexts(ref reader);
                        break;
                    case "timeout":
                        timeout = reader.GetInt32();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            hooks.Add(new HookSpec { Path = path ?? throw new JsonException(), Args = args, Env = env, Timeout = timeout });
        }

        return hooks.DrainToImmutable();
    }

    private static ImmutableArray<string> ReadTexts(ref Utf8JsonReader reader)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        Require(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            texts.Add(reader.GetString()!);
        }

        return texts.DrainToImmutable();
    }

    /// <summary>Goes to the value of the next property; false at the end of the object.</summary>
    private static bool NextProperty(ref Utf8JsonReader reader, out string name)
    {
        name = string.Empty;
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        name = reader.GetString()!;
        return reader.Read();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        reader.Read();
        Require(ref reader, kind);
    }

    private static void Require(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (reader.TokenType != kind)
        {
            throw new JsonException();
        }
    }

    private static void CheckFormat(long format)
    {
        if (format > Format)
        {
            throw new RuntimeException(string.Concat("the container was made by a newer program: its record has format ", format.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
