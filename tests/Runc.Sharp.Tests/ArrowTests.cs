using System;
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
        Type[] doors = [typeof(Files), typeof(Processes), typeof(Sockets)];
        foreach (Type type in typeof(RuntimeException).Assembly.GetTypes().Where(static type => type.Namespace?.StartsWith("Runc.Sharp.Runtime.Planning", StringComparison.Ordinal) == true))
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            {
                Assert.DoesNotContain(field.FieldType, doors);
                Assert.NotEqual(typeof(OwnedFd), field.FieldType);
            }
        }
    }
}
