using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Tests.Linux;

/// <summary>proc_pid_stat(5)</summary>
public class ProcessStatLine
{
    [Fact]
    public void The_name_may_hold_spaces_and_parentheses()
    {
        bool parsed = Processes.TryParseStat(
            "42 (a) S 1 (b) Z 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 10 11\n"u8, out ProcessStat stat);
        Assert.True(parsed);
        Assert.Equal(new ProcessStat('Z', 7, 987654321), stat);
        Assert.True(stat.IsZombie);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (a")]
    [InlineData("42 (a)")]
    [InlineData("42 (a) S 1 2 3")]
    [InlineData("42 (a) S x 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9 10")]
    public void A_line_of_another_shape_is_refused(string line) =>
        Assert.False(Processes.TryParseStat(System.Text.Encoding.ASCII.GetBytes(line), out _));
}
