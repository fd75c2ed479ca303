using System.Text;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>The document's own properties. Spec: config.md.</summary>
internal static class DocumentRules
{
    /// <summary>The longest name sethostname(2) and setdomainname(2) take, in bytes.</summary>
    private const int LongestName = 64;

    internal static void Check(RuntimeSpec spec, NamespaceSet namespaces, Report report)
    {
        CheckVersion(spec.OciVersion, report);
        if (spec.Root is null)
        {
            report.Error("RootOnNonWindowsRequired", "/root", "is required, and missing");
        }
        else if (spec.Root.Path.Length == 0)
        {
            report.Error("RootPathRequired", "/root/path", "must not be empty");
        }

        CheckOtherSections(spec, report);
        CheckName(spec.Hostname, "hostname", namespaces, report);
        CheckName(spec.Domainname, "domainname", namespaces, report);
        foreach ((string key, _) in spec.Annotations)
        {
            if (key.Length == 0)
            {
                report.Error("AnnotationsKeyRequired", "/annotations/", "must not have an empty key");
            }
        }
    }

    /// <summary>All of major version 1: a later minor version may only add, and what is unknown in it is passed over.</summary>
    private static void CheckVersion(string version, Report report)
    {
        if (!SemanticVersion.TryParse(version, out SemanticVersion parsed))
        {
            report.Error("SpecVersionInSemVer", "/ociVersion", "must be a version in SemVer 2.0.0 form, is " + Text.Quote(version));
        }
        else if (parsed.Major != "1" || parsed is { Minor: "0", Patch: "0", IsPrerelease: true })
        {
            report.Error("SpecVersionSupported", "/ociVersion", "must be from 1.0.0 to below 2.0.0, is " + Text.Quote(version));
        }
    }

    /// <summary>
    /// A section for another platform may stand in a document without harm. One that asks for a virtual machine asks for other walls than there
    /// would be, and what is not supported must be an error. config.md#valid-values.
    /// </summary>
    private static void CheckOtherSections(RuntimeSpec spec, Report report)
    {
        foreach (string name in spec.OtherSections)
        {
            if (name == "vm")
            {
                report.Error("Unsupported", "/vm", "asks for a virtual machine, which is not supported: take it out, or use a runtime that makes virtual machines");
            }
            else
            {
                report.Warn("PlatformSpecific", "/" + name, "is passed over: it is for another platform than linux");
            }
        }
    }

    private static void CheckName(string? name, string property, NamespaceSet namespaces, Report report)
    {
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        if (!namespaces.Has(NamespaceKinds.Uts))
        {
            report.Error("UtsNamespaceRequired", "/" + property, string.Concat("unable to set ", property, " without a private UTS namespace"));
        }

        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            report.Error("UtsNameLength", "/" + property, Text.Join("must have at most ", LongestName, " bytes"));
        }
    }
}
