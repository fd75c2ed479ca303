using System;
using Runc.Sharp.Runtime;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Output;

/// <summary>What this runtime can do. Only what works stands here: engines ask for what they read. features.md, features-linux.md.</summary>
internal static class FeaturesDocument
{
    internal static string Text()
    {
        var json = new JsonText("    ");
        json.BeginObject().String("ociVersionMin", "1.0.0").String("ociVersionMax", SpecVersion.Text);
        Texts(json, "hooks", ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
        Texts(json, "mountOptions",
        [
            "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "idmap",
            "iversion", "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime", "noexec",
            "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private",
            "ratime", "rbind", "rdev", "rdiratime", "relatime", "remount", "rexec", "ridmap", "rnoatime",
            "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro",
            "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid",
            "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid",
            "symfollow", "sync", "tmpcopyup", "unbindable",
        ]);
        json.BeginObject("linux");
        Texts(json, "namespaces", ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]);
        Texts(json, "capabilities", CapabilityNames.All);
        json.BeginObject("cgroup").Boolean("v1", true).Boolean("v2", true).Boolean("systemd", true).Boolean("systemdUser", false).Boolean("rdma", true).EndObject();
        json.BeginObject("seccomp").Boolean("enabled", true);
        Texts(json, "actions", ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP"]);
        Texts(json, "operators", ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"]);
        Texts(json, "archs", ["SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]);
        ReadOnlySpan<string> flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"];
        Texts(json, "knownFlags", flags);
        Texts(json, "supportedFlags", flags);
        json.EndObject();
        json.BeginObject("apparmor").Boolean("enabled", true).EndObject();
        json.BeginObject("selinux").Boolean("enabled", true).EndObject();
        json.BeginObject("intelRdt").Boolean("enabled", false).EndObject();
        json.BeginObject("memoryPolicy");
        Texts(json, "modes", ["MPOL_BIND", "MPOL_DEFAULT", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE"]);
        Texts(json, "flags", ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"]);
        json.EndObject();
        json.BeginObject("mountExtensions").BeginObject("idmap").Boolean("enabled", true).EndObject().EndObject();
        json.BeginObject("netDevices").Boolean("enabled", true).EndObject();
        json.EndObject();
        json.BeginObject("annotations").String("org.csrunc.version", BuildStamp.Version).String("org.csrunc.commit", BuildStamp.Commit)
            .String("org.opencontainers.runc.checkpoint.enabled", "true").EndObject();
        Texts(json, "potentiallyUnsafeConfigAnnotations", ["org.criu.config", "org.systemd.property."]);
        return json.EndObject().ToString();
    }

    private static void Texts(JsonText json, string name, ReadOnlySpan<string> texts)
    {
        json.BeginArray(name);
        foreach (string text in texts)
        {
            json.String(null, text);
        }

        json.EndArray();
    }
}
