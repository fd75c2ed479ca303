using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The hooks that run in the container's namespaces. config.md#posix-platform-hooks.</summary>
internal static class HooksChapter
{
    /// <summary>The container's root is made without a file mode mask; what a hook makes is to have the caller's. umask(2).</summary>
    internal static void KeepMask(PlanContext context)
    {
        if (Count(context.Spec.Hooks?.CreateContainer) > 0)
        {
            PlanRegister mask = context.Plan.NewRegister();
            context.Plan.Call("keep the caller's file mode mask", null, Sys.umask, 0).Into(context.Plan, mask);
            context.CallersMask = mask;
        }
    }

    /// <summary>The host's hooks get their turn while the root is not yet left, then createContainer's in here.</summary>
    internal static void AddBeforePivot(PlanContext context)
    {
        HooksSpec? hooks = context.Spec.Hooks;
        bool hosts = Count(hooks?.Prestart) + Count(hooks?.CreateRuntime) > 0;
        bool inside = Count(hooks?.CreateContainer) > 0;
        if (!hosts && !inside)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        plan.At("/hooks");
        plan.Do("tell that the mounts stand", null, PlanCode.Tell, (int)PlanStage.Mounted, 0);
        context.TellsMounted = true;
        ReceiveState(context, PlanStage.Mounted, "wait for the hooks of the runtime namespace");
        if (inside)
        {
            AddCreateContainer(context, hooks!.CreateContainer);
        }
    }

    /// <summary>
    /// They run in the container's root, seen from the host's, and with the caller's file mode mask, as in runc. Without variables of its own a
    /// hook gets none: the program it names is the host's, and the image's variables (LD_PRELOAD) have no say in it. CVE-2025-23266.
    /// </summary>
    private static void AddCreateContainer(PlanContext context, ImmutableArray<HookSpec>? hooks)
    {
        PlanBuilder plan = context.Plan;
        plan.At("/root/path");
        if (context.HasMountNamespace)
        {
            plan.Call("enter the root", null, Sys.fchdir, context.Root);
        }
        else if (context.Spec.Root is { } root)
        {
            plan.Call("enter the root", root.Path, Sys.chdir, plan.Text(PathRules.Source(root.Path, context.Request.Bundle)));
        }

        plan.At("/hooks/createContainer");
        if (context.CallersMask is { } mask)
        {
            plan.Call("set the caller's file mode mask", null, Sys.umask, mask);
        }

        Add(context, hooks, "/hooks/createContainer", "createContainer", Texts(plan, []));
        if (context.CallersMask is not null)
        {
            plan.Call("set the file mode mask", null, Sys.umask, 0);
        }
    }

    /// <summary>Those of startContainer that bring no variables have the program's: not the specification's word, but what runc has always done.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="environment">The program's variables; null where there is no program.</param>
    internal static void AddStartContainer(PlanContext context, PlanData? environment)
    {
        if (Count(context.Spec.Hooks?.StartContainer) > 0)
        {
            Add(context, context.Spec.Hooks!.StartContainer, "/hooks/startContainer", "startContainer", environment ?? Texts(context.Plan, []));
        }
    }

    internal static int Count(ImmutableArray<HookSpec>? hooks) => hooks is { IsDefault: false } list ? list.Length : 0;

    /// <summary>A message of the host brings the state that hooks get on their standard input.</summary>
    internal static void ReceiveState(PlanContext context, PlanStage stage, string act)
    {
        PlanBuilder plan = context.Plan;
        int room = context.Request.HookStateRoom;
        if (room == 0)
        {
            plan.Do(act, null, PlanCode.Await, (int)stage, 0, 0);
            return;
        }

        if (context.HookState.Offset == 0)
        {
            context.HookState = plan.Room(room);
            context.HookStateLength = plan.NewRegister();
        }

        plan.Do(act, null, PlanCode.Await, (int)stage, context.HookState, room).Into(plan, context.HookStateLength);
    }

    private static void Add(PlanContext context, ImmutableArray<HookSpec>? hooks, string section, string name, PlanData otherwise)
    {
        if (hooks is not { IsDefault: false } list)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        for (int at = 0; at < list.Length; at++)
        {
            HookSpec hook = list[at];
            plan.At(section, at);
            PlanData path = plan.Text(hook.Path);
            PlanData arguments = Texts(plan, hook.Args is { IsDefaultOrEmpty: false } args ? args : [hook.Path]);
            PlanData environment = hook.Env is { IsDefaultOrEmpty: false } env ? Texts(plan, env) : otherwise;
            plan.Do(FormattableString.Invariant($"running {name} hook #{at}:"), hook.Path, PlanCode.Hook, path, arguments, environment, context.HookState, context.HookStateLength, (hook.Timeout ?? 0) * 1000L);
        }

        plan.At(string.Empty);
    }

    internal static PlanData Texts(PlanBuilder plan, ImmutableArray<string> texts)
    {
        var places = new PlanData[texts.Length];
        for (int at = 0; at < places.Length; at++)
        {
            places[at] = plan.Text(texts[at]);
        }

        return plan.Pointers(places);
    }
}
