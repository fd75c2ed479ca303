using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The hooks that run in the container's namespaces. config.md#posix-platform-hooks.</summary>
internal static class HooksChapter
{
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
        Add(context, hooks?.CreateContainer, "/hooks/createContainer", "createContainer");
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

    internal static void Add(PlanContext context, ImmutableArray<HookSpec>? hooks, string section, string name)
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
            PlanData environment = Texts(plan, hook.Env is { IsDefault: false } env ? env : []);
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
