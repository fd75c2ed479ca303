using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the records of config-linux.md#seccomp.</summary>
internal static class SeccompSpecReader
{
    internal static SeccompSpec? Seccomp(ref SpecCursor cursor)
    {
        string? defaultAction = null;
        uint? defaultErrnoRet = null;
        ImmutableArray<string>? architectures = null;
        ImmutableArray<string>? flags = null;
        string? listenerPath = null;
        string? listenerMetadata = null;
        ImmutableArray<SeccompRuleSpec>? syscalls = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["defaultAction", "defaultErrnoRet", "architectures", "flags", "listenerPath", "listenerMetadata", "syscalls"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    defaultAction = cursor.String();
                    break;
                case 1:
                    defaultErrnoRet = cursor.UInt32();
                    break;
                case 2:
                    architectures = cursor.Strings();
                    break;
                case 3:
                    flags = cursor.Strings();
                    break;
                case 4:
                    listenerPath = cursor.String();
                    break;
                case 5:
                    listenerMetadata = cursor.String();
                    break;
                default:
                    syscalls = cursor.Records(static (ref SpecCursor item) => SeccompRule(ref item));
                    break;
            }
        }

        if (defaultAction is null)
        {
            cursor.FindMissing(scope, "defaultAction");
        }

        if (defaultAction is null)
        {
            return null;
        }

        return new SeccompSpec
        {
            DefaultAction = defaultAction,
            DefaultErrnoRet = defaultErrnoRet,
            Architectures = architectures ?? [],
            Flags = flags,
            ListenerPath = listenerPath,
            ListenerMetadata = listenerMetadata,
            Syscalls = syscalls ?? [],
        };
    }

    internal static SeccompRuleSpec? SeccompRule(ref SpecCursor cursor)
    {
        ImmutableArray<string>? names = null;
        string? action = null;
        uint? errnoRet = null;
        ImmutableArray<SeccompArgumentSpec>? args = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["names", "action", "errnoRet", "args"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    names = cursor.Strings();
                    break;
                case 1:
                    action = cursor.String();
                    break;
                case 2:
                    errnoRet = cursor.UInt32();
                    break;
                default:
                    args = cursor.Records(static (ref SpecCursor item) => SeccompArgument(ref item));
                    break;
            }
        }

        if (names is null)
        {
            cursor.FindMissing(scope, "names");
        }

        if (action is null)
        {
            cursor.FindMissing(scope, "action");
        }

        if (names is null || action is null)
        {
            return null;
        }

        return new SeccompRuleSpec
        {
            Names = names ?? [],
            Action = action,
            ErrnoRet = errnoRet,
            Args = args ?? [],
        };
    }

    internal static SeccompArgumentSpec? SeccompArgument(ref SpecCursor cursor)
    {
        uint? index = null;
        ulong? value = null;
        ulong? valueTwo = null;
        string? op = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["index", "value", "valueTwo", "op"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    index = cursor.UInt32();
                    break;
                case 1:
                    value = cursor.UInt64();
                    break;
                case 2:
                    valueTwo = cursor.UInt64();
                    break;
                default:
                    op = cursor.String();
                    break;
            }
        }

        if (index is null)
        {
            cursor.FindMissing(scope, "index");
        }

        if (value is null)
        {
            cursor.FindMissing(scope, "value");
        }

        if (op is null)
        {
            cursor.FindMissing(scope, "op");
        }

        if (index is null || value is null || op is null)
        {
            return null;
        }

        return new SeccompArgumentSpec
        {
            Index = index.Value,
            Value = value.Value,
            ValueTwo = valueTwo,
            Op = op,
        };
    }
}
