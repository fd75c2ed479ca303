using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>A cgroup file system in memory that behaves as the kernel's where the managers depend on it, keeps a log, and fails on demand.</summary>
internal sealed class FakeCgroups : ICgroupFiles
{
    internal const string AllControllers = "cpuset cpu io memory hugetlb pids rdma misc";

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _directories = new(StringComparer.Ordinal);
    private readonly bool _v2;

    private FakeCgroups(bool v2) => _v2 = v2;

    internal List<string> Log { get; } = [];

    /// <summary>Answers for an operation, e.g. <c>write a/memory.max</c>: each is used once, then the operation works.</summary>
    internal Dictionary<string, Queue<Errno>> Failures { get; } = [];

    /// <summary>What happens just after a write, by path.</summary>
    internal Dictionary<string, Action<string>> After { get; } = [];

    /// <summary>What happens just before a read, by path.</summary>
    internal Dictionary<string, Action> OnRead { get; } = [];

    internal Action<int>? OnOpenProcess { get; set; }

    internal List<(int Pid, int Signal)> Signals { get; } = [];

    internal static FakeCgroups V2()
    {
        var fake = new FakeCgroups(v2: true);
        fake._directories[string.Empty] = new(StringComparer.Ordinal)
        {
            ["cgroup.controllers"] = AllControllers,
            ["cgroup.subtree_control"] = string.Empty,
            ["cgroup.procs"] = string.Empty,
        };
        return fake;
    }

    internal static FakeCgroups V1(params string[] mounts)
    {
        var fake = new FakeCgroups(v2: false);
        fake._directories[string.Empty] = new(StringComparer.Ordinal);
        foreach (var mount in mounts)
        {
            fake._directories[mount] = fake.FilesOfNew(mount);
            if (mount == "cpuset")
            {
                fake.Set("cpuset/cpuset.cpus", "0-3");
                fake.Set("cpuset/cpuset.mems", "0");
            }
        }

        return fake;
    }

    internal IEnumerable<string> Directories => _directories.Keys.Where(static d => d.Length > 0);

    internal string this[string path] => Get(path) ?? throw new KeyNotFoundException(path);

    internal void Set(string path, string value)
    {
        var (directory, file) = Split(path);
        _directories[directory][file] = value;
    }

    internal void Drop(string path)
    {
        var (directory, file) = Split(path);
        _directories[directory].Remove(file);
    }

    internal void Fail(string operation, params Errno[] answers) => Failures[operation] = new Queue<Errno>(answers);

    public Errno MakeDirectory(string path)
    {
        Log.Add("mkdir " + path);
        if (Failure("mkdir " + path) is { } failure)
        {
            return failure;
        }

        var (parent, _) = Split(path);
        if (!_directories.ContainsKey(parent))
        {
            return Errno.ENOENT;
        }

        return _directories.TryAdd(path, FilesOfNew(path)) ? Errno.None : Errno.EEXIST;
    }

    public Errno RemoveDirectory(string path)
    {
        Log.Add("rmdir " + path);
        if (Failure("rmdir " + path) is { } failure)
        {
            return failure;
        }

        if (!_directories.TryGetValue(path, out var files))
        {
            return Errno.ENOENT;
        }

        if (_directories.Keys.Any(d => d.StartsWith(path + "/", StringComparison.Ordinal)) || files["cgroup.procs"].Length > 0)
        {
            return Errno.EBUSY;
        }

        _directories.Remove(path);
        return Errno.None;
    }

    public Errno Give(string path, uint userId)
    {
        Log.Add($"give {path} {userId}");
        return Failure("give " + path) ?? Probe(path);
    }

    public Errno Probe(string path) => _directories.ContainsKey(path) || Get(path) is not null ? Errno.None : Errno.ENOENT;

    public Errno Write(string path, ReadOnlySpan<string> values, out int written)
    {
        written = 0;
        foreach (var value in values)
        {
            Log.Add($"write {path} {value}");
            if (Failure("write " + path) is { } failure)
            {
                return failure;
            }

            if (Get(path) is null)
            {
                return Errno.ENOENT;
            }

            var error = Take(path, value);
            if (error != Errno.None)
            {
                return error;
            }

            written++;
            if (After.TryGetValue(path, out var after))
            {
                after(value);
            }
        }

        return Errno.None;
    }

    public Errno Read(string path, out byte[] content)
    {
        content = [];
        if (OnRead.TryGetValue(path, out var before))
        {
            before();
        }

        if (Failure("read " + path) is { } failure)
        {
            return failure;
        }

        if (Get(path) is not { } text)
        {
            return Errno.ENOENT;
        }

        content = Encoding.UTF8.GetBytes(text + "\n");
        return Errno.None;
    }

    public Errno ListDirectories(string path, ICollection<string> names)
    {
        foreach (var directory in _directories.Keys.Where(d => d.Length > 0 && Split(d).Directory == path))
        {
            names.Add(Split(directory).File);
        }

        return _directories.ContainsKey(path) ? Errno.None : Errno.ENOENT;
    }

    public Errno OpenDirectory(string path, out OwnedFd? directory)
    {
        directory = null;
        return _directories.ContainsKey(path) ? Errno.None : Errno.ENOENT;
    }

    public ICgroupProcess? OpenProcess(int pid)
    {
        OnOpenProcess?.Invoke(pid);
        return new Member(this, pid);
    }

    private Errno Take(string path, string value)
    {
        var (directory, file) = Split(path);
        switch (file)
        {
            case "cgroup.procs" or "tasks":
                var list = _directories[directory]["cgroup.procs"];
                _directories[directory]["cgroup.procs"] = list.Length == 0 ? value : list + "\n" + value;
                break;
            case "cgroup.subtree_control":
                return Enable(directory, value);
            case "cgroup.freeze":
                _directories[directory][file] = value;
                _directories[directory]["cgroup.events"] = "populated 1\nfrozen " + value;
                break;
            case "freezer.state":
                _directories[directory][file] = value;
                _directories[directory]["freezer.self_freezing"] = value == "FROZEN" ? "1" : "0";
                break;
            case "cgroup.kill":
                foreach (var (name, files) in _directories.Where(d => CgroupName.IsBelow(d.Key, directory)))
                {
                    files["cgroup.procs"] = string.Empty;
                }

                break;
            default:
                _directories[directory][file] = value;
                break;
        }

        return Errno.None;
    }

    private Errno Enable(string directory, string value)
    {
        if (directory.Length > 0 && _directories[directory]["cgroup.procs"].Length > 0)
        {
            return Errno.EBUSY;
        }

        var offered = _directories[directory]["cgroup.controllers"].Split(' ');
        var names = value.Split(' ').Select(static n => n[1..]).ToArray();
        if (names.Except(offered).Any())
        {
            return Errno.ENOENT;
        }

        var enabled = _directories[directory]["cgroup.subtree_control"].Split(' ', StringSplitOptions.RemoveEmptyEntries).Union(names).ToArray();
        _directories[directory]["cgroup.subtree_control"] = string.Join(' ', enabled);
        foreach (var child in _directories.Keys.Where(d => d.Length > 0 && Split(d).Directory == directory).ToArray())
        {
            _directories[child]["cgroup.controllers"] = string.Join(' ', enabled);
            foreach (var file in enabled.SelectMany(KnobsV2))
            {
                _directories[child].TryAdd(file, "max");
            }
        }

        return Errno.None;
    }

    private SortedDictionary<string, string> FilesOfNew(string path)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["cgroup.procs"] = string.Empty };
        if (_v2)
        {
            var enabled = _directories[Split(path).Directory]["cgroup.subtree_control"];
            files["cgroup.controllers"] = enabled;
            files["cgroup.subtree_control"] = string.Empty;
            files["cgroup.type"] = "domain";
            files["cgroup.freeze"] = "0";
            files["cgroup.events"] = "populated 0\nfrozen 0";
            files["cgroup.kill"] = string.Empty;
            foreach (var file in enabled.Split(' ').SelectMany(KnobsV2))
            {
                files[file] = "max";
            }

            return files;
        }

        files["tasks"] = string.Empty;
        foreach (var file in path.Split('/')[0].Split(',').SelectMany(KnobsV1))
        {
            files[file] = file switch
            {
                "freezer.state" => "THAWED",
                "freezer.self_freezing" => "0",
                _ => string.Empty,
            };
        }

        return files;
    }

    private static string[] KnobsV2(string controller) => controller switch
    {
        "memory" => ["memory.max", "memory.swap.max", "memory.low", "memory.current", "memory.events"],
        "cpu" => ["cpu.max", "cpu.weight", "cpu.idle", "cpu.max.burst"],
        "pids" => ["pids.max", "pids.current"],
        "cpuset" => ["cpuset.cpus", "cpuset.mems"],
        "io" => ["io.max", "io.weight"],
        "rdma" => ["rdma.max"],
        "hugetlb" => ["hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"],
        _ => [],
    };

    private static string[] KnobsV1(string controller) => controller switch
    {
        "memory" => ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes", "memory.usage_in_bytes", "memory.max_usage_in_bytes"],
        "cpu" => ["cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.idle"],
        "cpuset" => ["cpuset.cpus", "cpuset.mems"],
        "devices" => ["devices.allow", "devices.deny", "devices.list"],
        "freezer" => ["freezer.state", "freezer.self_freezing"],
        "pids" => ["pids.max", "pids.current"],
        "unified" => ["cgroup.kill"],
        _ => [],
    };

    private Errno? Failure(string operation) =>
        Failures.TryGetValue(operation, out var answers) && answers.TryDequeue(out var error) && error != Errno.None ? error : null;

    private string? Get(string path)
    {
        var (directory, file) = Split(path);
        return _directories.TryGetValue(directory, out var files) && files.TryGetValue(file, out var content) ? content : null;
    }

    private static (string Directory, string File) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? (string.Empty, path) : (path[..slash], path[(slash + 1)..]);
    }

    private sealed class Member(FakeCgroups owner, int pid) : ICgroupProcess
    {
        public bool Signal(int signal)
        {
            owner.Signals.Add((pid, signal));
            if (signal == 9)
            {
                foreach (var files in owner._directories.Values.Where(static f => f.ContainsKey("cgroup.procs")))
                {
                    files["cgroup.procs"] = string.Join('\n', files["cgroup.procs"].Split('\n').Where(p => p != pid.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                }
            }

            return true;
        }

        public void Dispose()
        {
        }
    }
}
