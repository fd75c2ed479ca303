using System.CommandLine;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Commands;

/// <summary><c>update</c>.</summary>
internal sealed class UpdateCommand : Verb
{
    private const int LargestDocument = 16 << 20;

    private readonly Operand _id = new("container-id");
    private readonly TextOption _resources = Text("--resources", "FILE", "file with the resources of config.json, or - for standard input; then the other options do not count", "-r");
    private readonly TextOption _blkioWeight = Text("--blkio-weight", "WEIGHT", "weight of block I/O, from 10 to 1000");
    private readonly TextOption _cpuPeriod = Text("--cpu-period", "USECS", "length of a bandwidth period");
    private readonly TextOption _cpuQuota = Text("--cpu-quota", "USECS", "processor time in each period; -1 for no limit");
    private readonly TextOption _cpuBurst = Text("--cpu-burst", "USECS", "processor time that may be saved up");
    private readonly TextOption _cpuShare = Text("--cpu-share", "SHARES", "weight of processor time");
    private readonly TextOption _cpuRtPeriod = Text("--cpu-rt-period", "USECS", "length of a real-time period; cgroup v1");
    private readonly TextOption _cpuRtRuntime = Text("--cpu-rt-runtime", "USECS", "real-time in each period; cgroup v1");
    private readonly TextOption _cpusetCpus = Text("--cpuset-cpus", "LIST", "processors, such as 0-3,8");
    private readonly TextOption _cpusetMems = Text("--cpuset-mems", "LIST", "memory nodes");
    private readonly TextOption _cpuIdle = Text("--cpu-idle", "NUMBER", "1: run only where nothing else does");
    private readonly TextOption _memory = Text("--memory", "SIZE", "limit of memory, such as 512m; -1 for none");
    private readonly TextOption _memoryReservation = Text("--memory-reservation", "SIZE", "soft limit of memory");
    private readonly TextOption _memorySwap = Text("--memory-swap", "SIZE", "limit of memory and swap together; -1 for none");
    private readonly TextOption _kernelMemory = Text("--kernel-memory", "SIZE", "ignored: kernels no longer have it");
    private readonly TextOption _kernelMemoryTcp = Text("--kernel-memory-tcp", "SIZE", "ignored: kernels no longer have it");
    private readonly TextOption _pidsLimit = Text("--pids-limit", "NUMBER", "how many tasks there may be; -1 for no limit");
    private readonly TextOption _l3Cache = Text("--l3-cache-schema", "SCHEMA", "schema of Intel RDT/CAT (not supported)");
    private readonly TextOption _memoryBandwidth = Text("--mem-bw-schema", "SCHEMA", "schema of Intel RDT/MBA (not supported)");

    internal override Command Build()
    {
        _kernelMemory.Hidden = true;
        _kernelMemoryTcp.Hidden = true;
        return new("update", "set other limits for a container that lives: all of them or, where one is refused, none")
        {
            _id, _resources, _blkioWeight, _cpuPeriod, _cpuQuota, _cpuBurst, _cpuShare, _cpuRtPeriod, _cpuRtRuntime, _cpusetCpus, _cpusetMems, _cpuIdle,
            _memory, _memoryReservation, _memorySwap, _kernelMemory, _kernelMemoryTcp, _pidsLimit, _l3Cache, _memoryBandwidth,
        };
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string? document = _resources.In(parsed);
        var request = new ContainerRequest(globals, _id.In(parsed));
        if (string.IsNullOrEmpty(document))
        {
            Update.Run(request, FromOptions(parsed), log.Warning, log.Debug);
            return 0;
        }

        using OwnedFd file = document == "-" ? OwnedFd.Borrow(0) : Open(document);
        Update.Run(request, document == "-" ? "standard input" : document, Files.ReadAll(file, LargestDocument).OrThrow(), log.Warning, log.Debug);
        return 0;
    }

    private OwnedFd Open(string path)
    {
        SyscallResult<OwnedFd> opened = Files.Open(path, OpenFlags.ReadOnly);
        return opened.Failed ? throw FlagFault.Of(_resources.Name, path, opened.Result) : opened.Value;
    }

    private ResourcesSpec FromOptions(ParseResult parsed)
    {
        foreach (TextOption option in (TextOption[])[_l3Cache, _memoryBandwidth])
        {
            if (!string.IsNullOrEmpty(option.In(parsed)))
            {
                throw new RuntimeException(option.Name + ": Intel RDT is not supported");
            }
        }

        long? weight = Signed(parsed, _blkioWeight);
        if (weight is < 0 or > ushort.MaxValue)
        {
            throw new UsageException("invalid value for blkio-weight: must be 10 to 1000");
        }

        return new ResourcesSpec
        {
            BlockIo = weight is null or 0 ? null : new BlockIoSpec { Weight = (ushort)weight },
            Pids = Signed(parsed, _pidsLimit) is { } pids ? new PidsSpec { Limit = pids } : null,
            Cpu = new CpuSpec
            {
                Period = Unsigned(parsed, _cpuPeriod),
                Quota = Signed(parsed, _cpuQuota),
                Burst = Unsigned(parsed, _cpuBurst),
                Shares = Unsigned(parsed, _cpuShare),
                RealtimePeriod = Unsigned(parsed, _cpuRtPeriod),
                RealtimeRuntime = Signed(parsed, _cpuRtRuntime),
                Cpus = _cpusetCpus.In(parsed),
                Mems = _cpusetMems.In(parsed),
                Idle = Signed(parsed, _cpuIdle),
            },
            Memory = new MemorySpec
            {
                Limit = Size(parsed, _memory),
                Reservation = Size(parsed, _memoryReservation),
                Swap = Size(parsed, _memorySwap),
                Kernel = Size(parsed, _kernelMemory),
                KernelTcp = Size(parsed, _kernelMemoryTcp),
            },
        };
    }

    private static TextOption Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value };

    private static long? Signed(ParseResult parsed, TextOption option)
    {
        string? word = option.In(parsed);
        return string.IsNullOrEmpty(word) ? null
            : long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
            : throw Invalid(option, "is no number", word);
    }

    private static ulong? Unsigned(ParseResult parsed, TextOption option)
    {
        string? word = option.In(parsed);
        return string.IsNullOrEmpty(word) ? null
            : ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
            : throw Invalid(option, "is no number", word);
    }

    private static long? Size(ParseResult parsed, TextOption option) => option.In(parsed) switch
    {
        null or "" => null,
        "-1" => -1,
        string word => Sizes.Parse(word) ?? throw Invalid(option, "is no size", word),
    };

    private static UsageException Invalid(TextOption option, string fault, string word) =>
        new(string.Concat("invalid value for ", option.Name[2..], ": ", new JsonText().String(null, word).ToString()) + " " + fault);
}
