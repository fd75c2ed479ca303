using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the chapters of one plan share.</summary>
internal sealed class PlanContext
{
    internal PlanContext(RuntimeSpec spec, PlanRequest request, HostFacts facts, ShimDescriptors descriptors)
    {
        Spec = spec;
        Request = request;
        Facts = facts;
        Descriptors = descriptors;
        Root = Plan.NewRegister();
        Work = Plan.NewRegister();
        Mount = Plan.NewRegister();
        Target = Plan.NewRegister();
        Empty = Plan.Text(string.Empty);
    }

    internal PlanBuilder Plan { get; } = new();

    internal RuntimeSpec Spec { get; }

    internal ProcessSpec? Process => Spec.Process;

    internal PlanRequest Request { get; }

    internal HostFacts Facts { get; }

    internal ShimDescriptors Descriptors { get; }

    internal ImmutableArray<string>.Builder Warnings { get; } = ImmutableArray.CreateBuilder<string>();

    /// <summary>The root of the container's mounts.</summary>
    internal PlanRegister Root { get; }

    /// <summary>A descriptor of no longer use than a step.</summary>
    internal PlanRegister Work { get; }

    /// <summary>A mount that is not attached yet.</summary>
    internal PlanRegister Mount { get; }

    /// <summary>Where it will stand.</summary>
    internal PlanRegister Target { get; }

    /// <summary>A procfs that is attached nowhere, while something is to be written through it.</summary>
    internal PlanRegister? Proc { get; set; }

    /// <summary>The empty path of *at calls on a descriptor itself.</summary>
    internal PlanData Empty { get; }

    /// <summary>The opened working directory.</summary>
    internal PlanRegister WorkingDirectory { get; set; }

    /// <summary>The compiled system call filter; null where there is none.</summary>
    internal Seccomp.SeccompProgram? Filter { get; set; }

    /// <summary>Whether the plan joins a container that exists, instead of making one.</summary>
    internal bool Joins { get; init; }

    /// <summary>Mounts that become read-only when all is in place that is made in them, with their destinations and their places in the list.</summary>
    internal List<(PlanRegister Mount, string Destination, int Index)> FilledFirst { get; } = [];

    /// <summary>File systems that were made before their turn, with their places in the list.</summary>
    internal List<(PlanRegister Mount, int Index)> Made { get; } = [];

    internal bool TellsMounted { get; set; }

    internal bool SendsConsole { get; set; }

    internal bool SendsListener { get; set; }

    internal int FirstAfterGate { get; set; }

    /// <summary>Where the state for hooks in the container lands, and the register of its length.</summary>
    internal PlanData HookState { get; set; }

    internal PlanRegister HookStateLength { get; set; }

    /// <summary>The file mode mask that we were called with, where a hook is to have it and the container's mounts are made without.</summary>
    internal PlanRegister? CallersMask { get; set; }

    /// <summary>The namespaces that are made, as clone(2) flags.</summary>
    internal long NewNamespaces { get; set; }

    internal bool HasNew(long flag) => (NewNamespaces & flag) != 0;

    /// <summary>Whether init lives in a user namespace that is not the host process', made or joined: it has every capability there, and makes no devices.</summary>
    internal bool HasUserNamespace { get; set; }

    /// <summary>Whether the container has a mount namespace of its own, made or joined.</summary>
    internal bool HasMountNamespace { get; set; }

    internal void Close(PlanRegister register) => Plan.Call("close", null, Sys.close, register);

    /// <summary>open_how of openat2(2).</summary>
    internal PlanData OpenHow(long flags, ulong resolve)
    {
        System.Span<ulong> how = [(ulong)flags | O_CLOEXEC, 0, resolve];
        return Plan.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(how));
    }

    /// <summary>mount_setattr(2) on the mount behind <paramref name="mount"/>.</summary>
    internal void SetAttributes(string act, string? subject, PlanArg mount, long set, long clear, long propagation, bool recursive) =>
        SetAttributes(act, subject, mount, Empty, set, clear, propagation, recursive);

    /// <summary>mount_setattr(2) on the mount at <paramref name="path"/>.</summary>
    internal void SetAttributes(string act, string? subject, PlanArg directory, PlanData path, long set, long clear, long propagation, bool recursive)
    {
        System.Span<ulong> attributes = [(ulong)set, (ulong)clear, (ulong)propagation, 0];
        PlanData place = Plan.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(attributes));
        Plan.Call(act, subject, Sys.mount_setattr, directory, path, AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), place, attributes.Length * 8);
    }

    /// <summary>Attaches the detached mount at the opened target.</summary>
    internal void Attach(string? subject) =>
        Plan.Call(LiveMountsPlanner.AttachAct, subject, Sys.move_mount, Mount, Empty, Target, Empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>Opens <paramref name="path"/> in the container's root as a mount target.</summary>
    internal void OpenTarget(string path, PlanTarget make, string act = "open the target") =>
        Plan.Do(act, path, PlanCode.Target, Root, Plan.Text(path), (int)make).Into(Plan, Target);
}

/// <summary>So that an operation can be appended and its result named in one sentence.</summary>
internal static class PlanSentence
{
    internal static int Into(this int operation, PlanBuilder plan, PlanRegister register)
    {
        plan.Into(register);
        return operation;
    }

    internal static int Tolerating(this int operation, PlanBuilder plan, Linux.Errno errno, Linux.Errno also = Linux.Errno.None)
    {
        plan.Tolerate(errno, also);
        return operation;
    }
}
