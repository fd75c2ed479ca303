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
    /// <param name="lines">The file.</param>
    /// <param name="notes">Whether <see cref="Notes"/> are read, which is most of the work and of use to a start only.</param>
    /// <exception cref="RuntimeException">The last record is of a newer program.</exception>
    public static ContainerRecord? Parse(ReadOnlySpan<byte> lines, bool notes = true)
    {
        // What stands behind the last line feed is being written, or was cut off.
        for (int end = lines.LastIndexOf((byte)'\n'); end >= 0; end = lines[..end].LastIndexOf((byte)'\n'))
        {
            int start = lines[..end].LastIndexOf((byte)'\n') + 1;
            if (end > start && ReadLine(lines[start..end], notes) is { } record)
            {
                return record;
            }
        }

        return null;
    }

    private static ContainerRecord? ReadLine(ReadOnlySpan<byte> line, bool notes)
    {
        try
        {
            return ReadRecord(line, notes);
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

    private static ContainerRecord? ReadRecord(ReadOnlySpan<byte> line, bool notes)
    {
        var reader = new Utf8JsonReader(line);
        var draft = new Draft();
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader, out ReadOnlySpan<byte> name))
        {
            if (notes || !name.SequenceEqual("notes"u8))
            {
                draft.Take(ref reader, name);
            }
            else if (line.EndsWith("]}"u8) && draft.Finish() is { } whole) // nothing was cut off, nor is it of an older program, which had the notes further to the front
            {
                return whole;
            }
            else
            {
                reader.Skip();
            }
        }

        return draft.Finish();
    }

    /// <summary>A record as far as it was read.</summary>
    private struct Draft()
    {
        private string? _id;
        private string? _bundle;
        private string? _rootfs;
        private string? _created;
        private string _cgroups = string.Empty;
        private string _bootId = string.Empty;
        private uint _owner;
        private int _pid;
        private ulong _startTime;
        private ulong _inode;
        private bool _ownPid;
        private RuntimeSpec? _spec;
        private ImmutableArray<string> _notes = [];

        internal void Take(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("format"u8):
                    CheckFormat(reader.GetInt64());
                    break;
                case var _ when name.SequenceEqual("id"u8):
                    _id = reader.GetString();
                    break;
                case var _ when name.SequenceEqual("bundle"u8):
                    _bundle = reader.GetString();
                    break;
                case var _ when name.SequenceEqual("rootfs"u8):
                    _rootfs = reader.GetString();
                    break;
                case var _ when name.SequenceEqual("created"u8):
                    _created = reader.GetString();
                    break;
                case var _ when name.SequenceEqual("owner"u8):
                    _owner = reader.GetUInt32();
                    break;
                case var _ when name.SequenceEqual("pid"u8):
                    _pid = reader.GetInt32();
                    break;
                case var _ when name.SequenceEqual("startTime"u8):
                    _startTime = reader.GetUInt64();
                    break;
                case var _ when name.SequenceEqual("processInode"u8):
                    _inode = reader.GetUInt64();
                    break;
                case var _ when name.SequenceEqual("bootId"u8):
                    _bootId = reader.GetString() ?? string.Empty;
                    break;
                case var _ when name.SequenceEqual("ownPidNamespace"u8):
                    _ownPid = reader.GetBoolean();
                    break;
                case var _ when name.SequenceEqual("cgroups"u8):
                    _cgroups = reader.GetString() ?? string.Empty;
                    break;
                case var _ when name.SequenceEqual("notes"u8):
                    _notes = ReadTexts(ref reader);
                    break;
                case var _ when name.SequenceEqual("config"u8):
                    _spec = ReadSpec(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        internal readonly ContainerRecord? Finish() =>
            _id is null || _bundle is null || _rootfs is null || _created is null || _spec is null ? null : new ContainerRecord
            {
                Id = _id,
                Bundle = _bundle,
                Rootfs = _rootfs,
                Created = _created,
                Owner = _owner,
                Pid = _pid,
                StartTime = _startTime,
                ProcessInode = _inode,
                BootId = _bootId,
                Cgroups = _cgroups,
                OwnPidNamespace = _ownPid,
                Notes = _notes,
                Spec = _spec,
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

    /// <summary>As <see cref="NextProperty"/>, the name as it stands in the file: without a copy.</summary>
    private static bool NextName(ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        name = reader.ValueSpan;
        return reader.Read();
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
