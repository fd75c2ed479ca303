using System;
using System.Globalization;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>An answer, or a notification: criu_resp of CRIU's rpc.proto.</summary>
public sealed record CriuResponse
{
    /// <summary>What it is about.</summary>
    public CriuKind Kind { get; init; }

    /// <summary>Whether it went well.</summary>
    public bool Success { get; init; }

    /// <summary>The point that was reached, e.g. <c>post-dump</c>; empty where this is no notification.</summary>
    public string Script { get; init; } = string.Empty;

    /// <summary>The process that a notification or a restore is about.</summary>
    public int Pid { get; init; }

    /// <summary>CRIU's errno; 0 where it has none to tell.</summary>
    public int Error { get; init; }

    /// <summary>CRIU's own sentence on a failure; empty before CRIU 3.13 and where it has none.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Whether memory changes can be tracked; null where CRIU does not say.</summary>
    public bool? TracksMemory { get; init; }

    /// <summary>Whether memory can be served on demand; null where CRIU does not say.</summary>
    public bool? LazyPages { get; init; }

    /// <summary>CRIU's version: 31701 is 3.17.1; 0 where this does not tell.</summary>
    public int Version { get; init; }

    /// <summary>The kind, in CRIU's word.</summary>
    internal string Word => Kind switch
    {
        CriuKind.Empty => "EMPTY",
        CriuKind.Dump => "DUMP",
        CriuKind.Restore => "RESTORE",
        CriuKind.Check => "CHECK",
        CriuKind.PreDump => "PRE_DUMP",
        CriuKind.Notify => "NOTIFY",
        CriuKind.FeatureCheck => "FEATURE_CHECK",
        CriuKind.Version => "VERSION",
        _ => ((int)Kind).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What a failed answer says, in runc's words.</summary>
    public string Failure => string.Create(
        CultureInfo.InvariantCulture,
        $"criu failed: type {Word} errno {Error}{(Message.Length > 0 ? ": " : string.Empty)}{Message.Trim().ReplaceLineEndings(" ")}");

    /// <summary>Reads a message.</summary>
    /// <returns>Null where it is none.</returns>
    public static CriuResponse? Parse(ReadOnlySpan<byte> message)
    {
        var response = new CriuResponse();
        var reader = new ProtobufReader(message);
        bool kind = false;
        bool good = true;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    kind = true;
                    response = response with { Kind = (CriuKind)reader.Integer };
                    break;
                case 2:
                    response = response with { Success = reader.Boolean };
                    break;
                case 4:
                    response = response with { Pid = PidOf(reader.Bytes, field: 1, ref good) };
                    break;
                case 5:
                    response = response with { Pid = PidOf(reader.Bytes, field: 2, ref good), Script = ScriptOf(reader.Bytes) };
                    break;
                case 7:
                    response = response with { Error = reader.Integer };
                    break;
                case 8:
                    response = WithFeatures(response, reader.Bytes, ref good);
                    break;
                case 9:
                    response = response with { Message = reader.Text };
                    break;
                case 10:
                    response = response with { Version = VersionOf(reader.Bytes, ref good) };
                    break;
            }
        }

        return reader.Failed || !kind || !good ? null : response;
    }

    private static int PidOf(ReadOnlySpan<byte> message, uint field, ref bool good)
    {
        int pid = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            pid = reader.Field == field ? reader.Integer : pid;
        }

        good &= !reader.Failed;
        return pid;
    }

    private static string ScriptOf(ReadOnlySpan<byte> message)
    {
        string script = string.Empty;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            script = reader.Field == 1 ? reader.Text : script;
        }

        return script;
    }

    private static CriuResponse WithFeatures(CriuResponse response, ReadOnlySpan<byte> message, ref bool good)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            response = reader.Field switch
            {
                1 => response with { TracksMemory = reader.Boolean },
                2 => response with { LazyPages = reader.Boolean },
                _ => response,
            };
        }

        good &= !reader.Failed;
        return response;
    }

    /// <summary>A build between two releases counts as the one to come.</summary>
    private static int VersionOf(ReadOnlySpan<byte> message, ref bool good)
    {
        int major = 0, minor = 0, sublevel = 0;
        bool between = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    major = reader.Integer;
                    break;
                case 2:
                    minor = reader.Integer;
                    break;
                case 3:
                    between = reader.Bytes.Length > 0;
                    break;
                case 4:
                    sublevel = reader.Integer;
                    break;
            }
        }

        good &= !reader.Failed;
        return unchecked((major * 10000) + ((between ? minor + 1 : minor) * 100) + (between ? 0 : sublevel));
    }
}
