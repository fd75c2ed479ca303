using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Store;
using Xunit;

namespace Runc.Sharp.Tests.Store;

/// <summary>runtime.md#create: the id.</summary>
public class Ids
{
    [Theory]
    [InlineData("a")]
    [InlineData("A-z_0.9+x")]
    [InlineData("...")]
    [InlineData(".a")]
    [InlineData("-x")]
    public void Letters_digits_and_four_marks_are_allowed(string id) => Assert.True(ContainerId.IsValid(id));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("é")]
    [InlineData("a,b")]
    [InlineData("a:b")]
    public void Everything_else_is_refused(string id)
    {
        RuntimeException failure = Assert.Throws<RuntimeException>(() => ContainerId.Check(id));
        Assert.StartsWith("invalid container ID format: \"", failure.Message, System.StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void An_id_is_at_most_as_long_as_a_file_name()
    {
        Assert.True(ContainerId.IsValid(new string('a', 255)));
        Assert.False(ContainerId.IsValid(new string('a', 256)));
        Assert.Throws<RuntimeException>(() => ContainerId.Check(new string('a', 1024)));
    }
}
