using System;

namespace Runc.Sharp.Spec.Validation;

/// <summary>The kinds of namespaces.</summary>
[Flags]
internal enum NamespaceKinds
{
    None = 0,
    Pid = 1,
    Network = 2,
    Mount = 4,
    Ipc = 8,
    Uts = 16,
    User = 32,
    Cgroup = 64,
    Time = 128,
}

/// <summary>Which namespaces a document asks for. A kind that is not listed is the one the runtime is in.</summary>
/// <param name="Listed">Made or joined.</param>
/// <param name="Joined">Joined by a path.</param>
internal readonly record struct NamespaceSet(NamespaceKinds Listed, NamespaceKinds Joined)
{
    internal static NamespaceSet Of(LinuxSpec linux)
    {
        NamespaceKinds listed = NamespaceKinds.None;
        NamespaceKinds joined = NamespaceKinds.None;
        foreach (NamespaceSpec item in linux.Namespaces)
        {
            NamespaceKinds kind = Kind(item.Type);
            listed |= kind;
            joined |= string.IsNullOrEmpty(item.Path) ? NamespaceKinds.None : kind;
        }

        return new NamespaceSet(listed, joined);
    }

    /// <summary>The kind of a word; None for an unknown one.</summary>
    internal static NamespaceKinds Kind(string type) => type switch
    {
        "pid" => NamespaceKinds.Pid,
        "network" => NamespaceKinds.Network,
        "mount" => NamespaceKinds.Mount,
        "ipc" => NamespaceKinds.Ipc,
        "uts" => NamespaceKinds.Uts,
        "user" => NamespaceKinds.User,
        "cgroup" => NamespaceKinds.Cgroup,
        "time" => NamespaceKinds.Time,
        _ => NamespaceKinds.None,
    };

    internal bool Has(NamespaceKinds kind) => (Listed & kind) != 0;

    internal bool Joins(NamespaceKinds kind) => (Joined & kind) != 0;
}
