using System;
using Runc.Sharp.Runtime;

namespace Runc.Sharp.Output;

/// <summary>The document that <c>spec</c> writes: a shell in a terminal, closed in as engines do by default.</summary>
/// <remarks>
/// The same as runc's since 1.2 in all but the host name: without ambient capabilities, which older ones set, because with them a program
/// of another user than root keeps what <c>execve</c> should take from it.
/// </remarks>
internal static class SpecTemplate
{
    /// <summary>The document.</summary>
    /// <param name="caller">The caller's ids, for a document in which they are all there is; null is for root.</param>
    /// <param name="unified">Whether the machine has cgroup v2 alone: then the container gets a namespace of them.</param>
    internal static string Text((uint User, uint Group)? caller, bool unified)
    {
        var json = new JsonText("\t");
        json.BeginObject().String("ociVersion", SpecVersion.Text);
        Process(json);
        json.BeginObject("root").String("path", "rootfs").Boolean("readonly", true).EndObject();
        json.String("hostname", CommandLine.Program);
        Mounts(json, caller is not null);
        Linux(json, caller, unified);
        return json.EndObject() + "\n";
    }

    private static void Process(JsonText json)
    {
        json.BeginObject("process").Boolean("terminal", true);
        json.BeginObject("user").Number("uid", 0L).Number("gid", 0L).EndObject();
        Texts(json, "args", ["sh"]);
        Texts(json, "env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"]);
        json.String("cwd", "/").BeginObject("capabilities");
        ReadOnlySpan<string> capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];
        Texts(json, "bounding", capabilities);
        Texts(json, "effective", capabilities);
        Texts(json, "permitted", capabilities);
        json.EndObject();
        json.BeginArray("rlimits").BeginObject().String("type", "RLIMIT_NOFILE").Number("hard", 1024L).Number("soft", 1024L).EndObject().EndArray();
        json.Boolean("noNewPrivileges", true).EndObject();
    }

    private static void Mounts(JsonText json, bool rootless)
    {
        json.BeginArray("mounts");
        Mount(json, "/proc", "proc", "proc", []);
        Mount(json, "/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]);
        ReadOnlySpan<string> pts = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"];
        Mount(json, "/dev/pts", "devpts", "devpts", rootless ? pts[..^1] : pts); // a lone user has no group 5
        Mount(json, "/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]);
        Mount(json, "/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]);
        if (rootless)
        {
            Mount(json, "/sys", "none", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"]); // sysfs belongs to the network's owner
        }
        else
        {
            Mount(json, "/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]);
        }

        Mount(json, "/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]);
        json.EndArray();
    }

    private static void Mount(JsonText json, string destination, string type, string source, ReadOnlySpan<string> options)
    {
        json.BeginObject().String("destination", destination).String("type", type).String("source", source);
        if (options.Length > 0)
        {
            Texts(json, "options", options);
        }

        json.EndObject();
    }

    private static void Linux(JsonText json, (uint User, uint Group)? caller, bool unified)
    {
        json.BeginObject("linux");
        if (caller is { } ids)
        {
            Mapping(json, "uidMappings", ids.User);
            Mapping(json, "gidMappings", ids.Group);
        }
        else
        {
            json.BeginObject("resources").BeginArray("devices").BeginObject().Boolean("allow", false).String("access", "rwm").EndObject().EndArray().EndObject();
        }

        json.BeginArray("namespaces");
        Namespace(json, "pid", true);
        Namespace(json, "network", caller is null);
        Namespace(json, "ipc", true);
        Namespace(json, "uts", true);
        Namespace(json, "mount", true);
        Namespace(json, "cgroup", unified);
        Namespace(json, "user", caller is not null);
        json.EndArray();
        Texts(json, "maskedPaths",
        [
            "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
        ]);
        Texts(json, "readonlyPaths", ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]);
        json.EndObject();
    }

    private static void Namespace(JsonText json, string type, bool wanted)
    {
        if (wanted)
        {
            json.BeginObject().String("type", type).EndObject();
        }
    }

    private static void Mapping(JsonText json, string name, uint id) =>
        json.BeginArray(name).BeginObject().Number("containerID", 0L).Number("hostID", (long)id).Number("size", 1L).EndObject().EndArray();

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
