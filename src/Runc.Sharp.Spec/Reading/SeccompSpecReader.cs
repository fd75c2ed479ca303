using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the system call filter. Spec: config-linux.md#seccomp.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class SeccompSpecReader
{
    internal static SeccompSpec Read(ref SpecCursor json)
    {
        string defaultAction = string.Empty;
        uint? defaultErrnoRet = null;
        ImmutableArray<string> architectures = [];
        ImmutableArray<string>? flags = null;
        string? listenerPath = null;
        string? listenerMetadata = null;
        ImmutableArray<SeccompRuleSpec> syscalls = [];
        var keys = new Keys("defaultAction defaultErrnoRet architectures flags listenerPath listenerMetadata syscalls"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: defaultAction = json.String(); break;
                case 1: defaultErrnoRet = json.UInt32(); break;
                case 2: architectures = json.Strings(); break;
                case 3: flags = json.Strings(); break;
                case 4: listenerPath = json.String(); break;
                case 5: listenerMetadata = json.String(); break;
                default: syscalls = json.List<SeccompRuleSpec>(Rule); break;
            }
        }

        return new SeccompSpec
        {
            DefaultAction = defaultAction,
            DefaultErrnoRet = defaultErrnoRet,
            Architectures = architectures,
            Flags = flags,
            ListenerPath = listenerPath,
            ListenerMetadata = listenerMetadata,
            Syscalls = syscalls,
        };
    }

    private static SeccompRuleSpec Rule(ref SpecCursor json)
    {
        ImmutableArray<string> names = [];
        string action = string.Empty;
        uint? errnoRet = null;
        ImmutableArray<SeccompArgumentSpec> args = [];
        var keys = new Keys("names action errnoRet args"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: names = json.Strings(); break;
                case 1: action = json.String(); break;
                case 2: errnoRet = json.UInt32(); break;
                default: args = json.List<SeccompArgumentSpec>(Argument); break;
            }
        }

        return new SeccompRuleSpec { Names = names, Action = action, ErrnoRet = errnoRet, Args = args };
    }

    private static SeccompArgumentSpec Argument(ref SpecCursor json)
    {
        uint index = 0;
        ulong value = 0;
        ulong? valueTwo = null;
        string op = string.Empty;
        var keys = new Keys("index value valueTwo op"u8, required: 0b1011);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: index = json.UInt32(); break;
                case 1: value = json.UInt64(); break;
                case 2: valueTwo = json.UInt64(); break;
                default: op = json.String(); break;
            }
        }

        return new SeccompArgumentSpec { Index = index, Value = value, ValueTwo = valueTwo, Op = op };
    }
}
