using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The process object of an <c>exec</c>, with nothing left to be filled in.</summary>
internal static class ExecProcess
{
    /// <summary>Out of a file or out of words; what it does not say of rights and limits is as the container's own process has it.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="join">What is kept of the container.</param>
    /// <param name="text">The file as it was written; null where there is none.</param>
    internal static ProcessSpec Of(ExecRequest request, JoinFile join, out DocumentText? text)
    {
        ProcessSpec? own = join.Process.IsEmpty ? null : SpecReader.ReadProcess(join.Process.Span).Value;
        text = null;
        ProcessSpec process = request.ProcessFile is { } path ? FromFile(path, out text) : FromWords(request.Changes, own);
        return process with
        {
            Capabilities = process.Capabilities ?? own?.Capabilities,
            Rlimits = process.Rlimits is { Length: > 0 } ? process.Rlimits : own?.Rlimits,
            OomScoreAdj = process.OomScoreAdj ?? own?.OomScoreAdj,
            ApparmorProfile = string.IsNullOrEmpty(process.ApparmorProfile) ? own?.ApparmorProfile : process.ApparmorProfile,
            SelinuxLabel = string.IsNullOrEmpty(process.SelinuxLabel) ? own?.SelinuxLabel : process.SelinuxLabel,
            Scheduler = process.Scheduler ?? own?.Scheduler,
            IoPriority = process.IoPriority ?? own?.IoPriority,
            ExecCpuAffinity = process.ExecCpuAffinity ?? own?.ExecCpuAffinity,
        };
    }

    private static ProcessSpec FromFile(string path, out DocumentText text)
    {
        SyscallResult<OwnedFd> opened = Files.Open(path, OpenFlags.ReadOnly | OpenFlags.NoControllingTerminal);
        using OwnedFd file = opened.Failed ? throw FlagFault.Of("--process", path, opened.Result) : opened.Value;
        text = new DocumentText(path, Files.ReadAll(file, SpecReader.MaxBytes).OrThrow(), "/process");
        SpecDocument<ProcessSpec> read = SpecReader.ReadAndValidateProcess(text.Bytes.Span);
        return read.Value ?? throw new RuntimeException(DocumentText.Sentence(path, read));
    }

    private static ProcessSpec FromWords(ExecChanges changes, ProcessSpec? own)
    {
        if (own is null)
        {
            throw new RuntimeException("the container has no process whose environment could be taken: use --process");
        }

        UserSpec user = own.User ?? new UserSpec();
        ProcessSpec process = own with
        {
            Args = changes.Args,
            Cwd = changes.Cwd ?? own.Cwd,
            Env = changes.Env.IsEmpty ? own.Env : Joined(own.Env, changes.Env),
            Terminal = changes.Terminal,
            User = user with
            {
                Uid = changes.Uid ?? user.Uid,
                Gid = changes.Gid ?? user.Gid,
                AdditionalGids = changes.AdditionalGids.IsEmpty ? user.AdditionalGids : Joined(user.AdditionalGids, changes.AdditionalGids),
            },
            Capabilities = changes.Capabilities.IsEmpty ? own.Capabilities : Raised(own.Capabilities ?? new CapabilitiesSpec(), changes.Capabilities),
            NoNewPrivileges = changes.NoNewPrivileges ?? own.NoNewPrivileges,
            ApparmorProfile = changes.ApparmorProfile ?? own.ApparmorProfile,
            SelinuxLabel = changes.SelinuxLabel ?? own.SelinuxLabel,
        };
        Check(process);
        return process;
    }

    private static CapabilitiesSpec Raised(CapabilitiesSpec own, ImmutableArray<string> more) => own with
    {
        Bounding = Joined(own.Bounding, more),
        Effective = Joined(own.Effective, more),
        Permitted = Joined(own.Permitted, more),
    };

    private static ImmutableArray<T> Joined<T>(ImmutableArray<T>? own, ImmutableArray<T> more) =>
        own is { IsDefaultOrEmpty: false } first ? first.AddRange(more) : more;

    private static void Check(ProcessSpec process)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>(0);
        SpecValidator.Validate(process, findings);
        foreach (Finding finding in findings)
        {
            if (!finding.IsWarning)
            {
                throw new RuntimeException(string.Concat(finding.Pointer.AsSpan(1), " ", finding.Message));
            }
        }
    }
}
