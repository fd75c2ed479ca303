using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Hooks. Spec: config.md#posix-platform-hooks.</summary>
internal static class HookRules
{
    internal static void Check(HooksSpec? hooks, Report report)
    {
        if (hooks is not null)
        {
            CheckList(hooks.Prestart, "/hooks/prestart", report);
            CheckList(hooks.CreateRuntime, "/hooks/createRuntime", report);
            CheckList(hooks.CreateContainer, "/hooks/createContainer", report);
            CheckList(hooks.StartContainer, "/hooks/startContainer", report);
            CheckList(hooks.Poststart, "/hooks/poststart", report);
            CheckList(hooks.Poststop, "/hooks/poststop", report);
        }
    }

    private static void CheckList(ImmutableArray<HookSpec>? hooks, string at, Report report)
    {
        ImmutableArray<HookSpec> list = hooks ?? [];
        for (int i = 0; i < list.Length; i++)
        {
            if (!list[i].Path.StartsWith('/'))
            {
                report.Error("PosixHooksPathAbs", Place.At(at, i, "path"), "must be absolute, is " + Text.Quote(list[i].Path));
            }

            if (list[i].Timeout is <= 0)
            {
                report.Error("PosixHooksTimeoutPositive", Place.At(at, i, "timeout"), Text.Join("must be above 0, is ", list[i].Timeout!.Value, string.Empty));
            }
        }
    }
}
