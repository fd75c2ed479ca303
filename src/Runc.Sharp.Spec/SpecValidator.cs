using System.Collections.Immutable;
using Runc.Sharp.Spec.Validation;

namespace Runc.Sharp.Spec;

/// <summary>The rules that a document must keep beyond its types. Pure: what only the machine can tell is not asked here.</summary>
/// <remarks>
/// All that is wrong is told at once. Not told, since the document alone cannot: whether paths exist and namespaces are of their type;
/// whether a joined namespace is the host's own (sysctl, hostname); whether the kernel has a controller, a flag or a system call.
/// Findings carry no line and column; <see cref="SpecReader.ReadAndValidate"/> adds them.
/// </remarks>
public static class SpecValidator
{
    /// <summary>Checks a whole document; a document without a process is good for <c>create</c>. Spec: config.md, config-linux.md.</summary>
    public static void Validate(RuntimeSpec spec, ImmutableArray<Finding>.Builder findings)
    {
        var report = new Report(findings);
        LinuxSpec linux = spec.Linux ?? NoLinux;
        NamespaceSet namespaces = NamespaceSet.Of(linux);
        DocumentRules.Check(spec, namespaces, report);
        if (spec.Process is { } process)
        {
            ProcessRules.Check(process, "/process", report);
            MappingRules.CheckUser(process.User, linux, namespaces, report);
        }

        MountRules.Check(spec.Mounts, "/mounts", namespaces, report);
        HookRules.Check(spec.Hooks, report);
        LinuxRules.Check(linux, namespaces, report);
    }

    /// <summary>Checks a process object that stands alone, as <c>exec --process</c> takes one. Spec: config.md#process.</summary>
    public static void Validate(ProcessSpec process, ImmutableArray<Finding>.Builder findings) =>
        ProcessRules.Check(process, string.Empty, new Report(findings));

    /// <summary>Checks a resources object that stands alone, as <c>update --resources</c> takes one. Spec: config-linux.md#control-groups.</summary>
    public static void Validate(ResourcesSpec resources, ImmutableArray<Finding>.Builder findings) =>
        ResourceRules.Check(resources, string.Empty, new Report(findings));

    /// <summary>Checks a list of mounts that stands alone, as <c>mounts add</c> takes one. Spec: config.md#mounts.</summary>
    public static void Validate(MountList list, ImmutableArray<Finding>.Builder findings) =>
        MountRules.Check(list.Mounts, string.Empty, default, new Report(findings));

    /// <summary>A document without a linux object has no namespaces, and nothing else.</summary>
    private static LinuxSpec NoLinux => new();
}
