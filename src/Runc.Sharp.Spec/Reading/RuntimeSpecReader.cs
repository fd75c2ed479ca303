using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the records of config.md.</summary>
internal static class RuntimeSpecReader
{
    internal static RuntimeSpec? Document(ref SpecCursor cursor)
    {
        string? ociVersion = null;
        ProcessSpec? process = null;
        RootSpec? root = null;
        string? hostname = null;
        string? domainname = null;
        ImmutableArray<MountSpec>? mounts = null;
        HooksSpec? hooks = null;
        ImmutableArray<KeyValuePair<string, string>> annotations = [];
        LinuxSpec? linux = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["ociVersion", "process", "root", "hostname", "domainname", "mounts", "hooks", "annotations", "linux"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    ociVersion = cursor.String();
                    break;
                case 1:
                    process = ProcessSpecReader.Process(ref cursor);
                    break;
                case 2:
                    root = Root(ref cursor);
                    break;
                case 3:
                    hostname = cursor.String();
                    break;
                case 4:
                    domainname = cursor.String();
                    break;
                case 5:
                    mounts = cursor.Records(static (ref SpecCursor item) => Mount(ref item));
                    break;
                case 6:
                    hooks = Hooks(ref cursor);
                    break;
                case 7:
                    annotations = cursor.Map(static (ref SpecCursor item) => item.String());
                    break;
                default:
                    linux = LinuxSpecReader.Linux(ref cursor);
                    break;
            }
        }

        if (ociVersion is null)
        {
            cursor.FindMissing(scope, "ociVersion");
        }

        if (ociVersion is null)
        {
            return null;
        }

        return new RuntimeSpec
        {
            OciVersion = ociVersion,
            Process = process,
            Root = root,
            Hostname = hostname,
            Domainname = domainname,
            Mounts = mounts ?? [],
            Hooks = hooks,
            Annotations = annotations,
            Linux = linux,
        };
    }

    internal static RootSpec? Root(ref SpecCursor cursor)
    {
        string? path = null;
        bool? isReadonly = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["path", "readonly"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    path = cursor.String();
                    break;
                default:
                    isReadonly = cursor.Boolean();
                    break;
            }
        }

        if (path is null)
        {
            cursor.FindMissing(scope, "path");
        }

        if (path is null)
        {
            return null;
        }

        return new RootSpec
        {
            Path = path,
            Readonly = isReadonly,
        };
    }

    internal static MountSpec? Mount(ref SpecCursor cursor)
    {
        string? destination = null;
        string? source = null;
        string? type = null;
        ImmutableArray<string>? options = null;
        ImmutableArray<IdMappingSpec>? uidMappings = null;
        ImmutableArray<IdMappingSpec>? gidMappings = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["destination", "source", "type", "options", "uidMappings", "gidMappings"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    destination = cursor.String();
                    break;
                case 1:
                    source = cursor.String();
                    break;
                case 2:
                    type = cursor.String();
                    break;
                case 3:
                    options = cursor.Strings();
                    break;
                case 4:
                    uidMappings = cursor.Records(static (ref SpecCursor item) => LinuxSpecReader.IdMapping(ref item));
                    break;
                default:
                    gidMappings = cursor.Records(static (ref SpecCursor item) => LinuxSpecReader.IdMapping(ref item));
                    break;
            }
        }

        if (destination is null)
        {
            cursor.FindMissing(scope, "destination");
        }

        if (destination is null)
        {
            return null;
        }

        return new MountSpec
        {
            Destination = destination,
            Source = source,
            Type = type,
            Options = options,
            UidMappings = uidMappings,
            GidMappings = gidMappings,
        };
    }

    internal static HooksSpec? Hooks(ref SpecCursor cursor)
    {
        ImmutableArray<HookSpec>? prestart = null;
        ImmutableArray<HookSpec>? createRuntime = null;
        ImmutableArray<HookSpec>? createContainer = null;
        ImmutableArray<HookSpec>? startContainer = null;
        ImmutableArray<HookSpec>? poststart = null;
        ImmutableArray<HookSpec>? poststop = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    prestart = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
                case 1:
                    createRuntime = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
                case 2:
                    createContainer = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
                case 3:
                    startContainer = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
                case 4:
                    poststart = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
                default:
                    poststop = cursor.Records(static (ref SpecCursor item) => Hook(ref item));
                    break;
            }
        }

        return new HooksSpec
        {
            Prestart = prestart,
            CreateRuntime = createRuntime,
            CreateContainer = createContainer,
            StartContainer = startContainer,
            Poststart = poststart,
            Poststop = poststop,
        };
    }

    internal static HookSpec? Hook(ref SpecCursor cursor)
    {
        string? path = null;
        ImmutableArray<string>? args = null;
        ImmutableArray<string>? env = null;
        int? timeout = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["path", "args", "env", "timeout"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    path = cursor.String();
                    break;
                case 1:
                    args = cursor.Strings();
                    break;
                case 2:
                    env = cursor.Strings();
                    break;
                default:
                    timeout = cursor.Int32();
                    break;
            }
        }

        if (path is null)
        {
            cursor.FindMissing(scope, "path");
        }

        if (path is null)
        {
            return null;
        }

        return new HookSpec
        {
            Path = path,
            Args = args,
            Env = env,
            Timeout = timeout,
        };
    }
}
