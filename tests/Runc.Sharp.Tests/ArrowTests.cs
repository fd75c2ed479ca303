using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests;

/// <summary>Who may use whom. src/README.md.</summary>
public class ArrowTests
{
    [Theory]
    [InlineData(typeof(RuntimeSpec))]
    [InlineData(typeof(Errno), "Runc.Sharp.Linux")]
    [InlineData(typeof(RuntimeException), "Runc.Sharp.Spec", "Runc.Sharp.Linux")]
    public void An_assembly_uses_only_what_its_arrows_allow(Type inside, params string[] allowed)
    {
        ArgumentNullException.ThrowIfNull(inside);
        string[] used = [.. inside.Assembly.GetReferencedAssemblies().Select(static name => name.Name!)];
        Assert.DoesNotContain(used, name => name.StartsWith("Runc.Sharp", StringComparison.Ordinal) && !allowed.Contains(name));
        Assert.DoesNotContain("System.CommandLine", used);
        Assert.DoesNotContain("System.Console", used);
    }

    [Fact]
    public void Planning_makes_no_system_call()
    {
        // its types may name flags, plans and errno of Linux, but nothing that enters the kernel
        HashSet<Type> doors = [.. typeof(Errno).Assembly.GetTypes().Where(static type => Callees(type).Any(static callee => callee.DeclaringType?.Namespace == "Runc.Sharp.Linux.Native"))];
        Assert.Contains(typeof(Files), doors);
        Type[] all = typeof(RuntimeException).Assembly.GetTypes();
        Assert.NotEmpty(Entered(all, "Runc.Sharp.Runtime.Launch"));
        Assert.Empty(Entered(all, "Runc.Sharp.Runtime.Planning"));

        IEnumerable<string> Entered(Type[] types, string space) =>
            from type in types
            where type.Namespace?.StartsWith(space, StringComparison.Ordinal) == true
            from callee in Callees(type)
            where doors.Contains(callee.DeclaringType!)
            select type.FullName + " calls " + callee.DeclaringType!.Name + "." + callee.Name;
    }

    /// <summary>The methods that a type's own methods call, found by the tokens behind call, callvirt and newobj.</summary>
    private static IEnumerable<MethodBase> Callees(Type type)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        foreach (MethodBase method in type.GetMethods(own).Concat<MethodBase>(type.GetConstructors(own)))
        {
            byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (int at = 0; at + 5 <= code.Length; at++)
            {
                if (code[at] is 0x28 or 0x6f or 0x73 && Resolve(method, BitConverter.ToInt32(code, at + 1)) is { } callee)
                {
                    yield return callee;
                }
            }
        }
    }

    /// <summary>Null for what only looks like a token.</summary>
    private static MethodBase? Resolve(MethodBase method, int token)
    {
        if ((token >> 24) is not (0x06 or 0x0a or 0x2b))
        {
            return null;
        }

        try
        {
            Type[]? ofType = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
            return method.Module.ResolveMethod(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
