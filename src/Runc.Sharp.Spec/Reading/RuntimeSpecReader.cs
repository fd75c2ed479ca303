using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the document itself and what of it is of no platform but process. Spec: config.md.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class RuntimeSpecReader
{
    internal static RuntimeSpec Read(ref SpecCursor json)
    {
        string ociVersion = string.Empty;
        ProcessSpec? process = null;
        RootSpec? root = null;
        string? hostname = null;
        string? domainname = null;
        ImmutableArray<MountSpec> mounts = [];
        HooksSpec? hooks = null;
        ImmutableArray<KeyValuePair<string, string>> annotations = [];
        LinuxSpec? linux = null;
        ImmutableArray<string> otherSections = [];
        var keys = new Keys("ociVersion process root hostname domainname mounts hooks annotations linux solaris windows vm zos freebsd"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: ociVersion = json.String(); break;
                case 1: process = ProcessSpecReader.Read(ref json); break;
                case 2: root = Root(ref json); break;
                case 3: hostname = json.String(); break;
                case 4: domainname = json.String(); break;
                case 5: mounts = json.List<MountSpec>(Mount); break;
                case 6: hooks = Hooks(ref json); break;
                case 7: annotations = json.StringMap(); break;
                case 8: linux = LinuxSpecReader.Read(ref json); break;
                case 9: otherSections = otherSections.Add(Passed(ref json, "solaris")); break;
                case 10: otherSections = otherSections.Add(Passed(ref json, "windows")); break;
                case 11: otherSections = otherSections.Add(Passed(ref json, "vm")); break;
                case 12: otherSections = otherSections.Add(Passed(ref json, "zos")); break;
                default: otherSections = otherSections.Add(Passed(ref json, "freebsd")); break;
            }
        }

        return new RuntimeSpec
        {
            OciVersion = ociVersion,
            Process = process,
            Root = root,
            Hostname = hostname,
            Domainname = domainname,
            Mounts = mounts,
            Hooks = hooks,
            Annotations = annotations,
            Linux = linux,
            OtherSections = otherSections,
        };
    }

    internal static MountList Mounts(ref SpecCursor json) => new(json.List<MountSpec>(Mount));

    /// <summary>Passes over a section that is only told of. Its text is checked as any other.</summary>
    private static string Passed(ref SpecCursor json, string name)
    {
        json.Skip();
        return name;
    }

    private static RootSpec Root(ref SpecCursor json)
    {
        string path = string.Empty;
        bool? isReadonly = null;
        var keys = new Keys("path readonly"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: path = json.String(); break;
                default: isReadonly = json.Boolean(); break;
            }
        }

        return new RootSpec { Path = path, Readonly = isReadonly };
    }

    private static MountSpec Mount(ref SpecCursor json)
    {
        string destination = string.Empty;
        string? type = null;
        string? source = null;
        ImmutableArray<string>? options = null;
        ImmutableArray<IdMappingSpec>? uidMappings = null;
        ImmutableArray<IdMappingSpec>? gidMappings = null;
        var keys = new Keys("destination type source options uidMappings gidMappings"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: destination = json.String(); break;
                case 1: type = json.String(); break;
                case 2: source = json.String(); break;
                case 3: options = json.Strings(); break;
                case 4: uidMappings = json.List<IdMappingSpec>(LinuxSpecReader.IdMapping); break;
                default: gidMappings = json.List<IdMappingSpec>(LinuxSpecReader.IdMapping); break;
            }
        }

        return new MountSpec
        {
            Destination = destination,
            Type = type,
            Source = source,
            Options = options,
            UidMappings = uidMappings,
            GidMappings = gidMappings,
        };
    }

    private static HooksSpec Hooks(ref SpecCursor json)
    {
        ImmutableArray<HookSpec>? prestart = null;
        ImmutableArray<HookSpec>? createRuntime = null;
        ImmutableArray<HookSpec>? createContainer = null;
        ImmutableArray<HookSpec>? startContainer = null;
        ImmutableArray<HookSpec>? poststart = null;
        ImmutableArray<HookSpec>? poststop = null;
        var keys = new Keys("prestart createRuntime createContainer startContainer poststart poststop"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: prestart = json.List<HookSpec>(Hook); break;
                case 1: createRuntime = json.List<HookSpec>(Hook); break;
                case 2: createContainer = json.List<HookSpec>(Hook); break;
                case 3: startContainer = json.List<HookSpec>(Hook); break;
                case 4: poststart = json.List<HookSpec>(Hook); break;
                default: poststop = json.List<HookSpec>(Hook); break;
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

    private static HookSpec Hook(ref SpecCursor json)
    {
        string path = string.Empty;
        ImmutableArray<string>? args = null;
        ImmutableArray<string>? env = null;
        int? timeout = null;
        var keys = new Keys("path args env timeout"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: path = json.String(); break;
                case 1: args = json.Strings(); break;
                case 2: env = json.Strings(); break;
                default: timeout = json.Int32(); break;
            }
        }

        return new HookSpec { Path = path, Args = args, Env = env, Timeout = timeout };
    }
}
