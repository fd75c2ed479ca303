using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Xunit;

namespace Runc.Sharp.Tests.Cli;

/// <summary>The table of <c>ps</c>: that of ps(1), less the strangers.</summary>
public sealed class TableOfProcesses
{
    private const string Table = "UID          PID    PPID CMD\nroot           1       0 init\nroot          12       1 sh -c 1 2 3\nroot         121       1 sleep 12\n";

    [Fact]
    public void Only_the_lines_whose_column_PID_is_meant_stay_with_the_title() =>
        Assert.Equal("UID          PID    PPID CMD\nroot          12       1 sh -c 1 2 3\n", ProcessTable.Filter(Table, [12, 2]));

    [Fact]
    public void The_column_is_found_wherever_it_stands() =>
        Assert.Equal("PID CMD\n  7 x\n", ProcessTable.Filter("PID CMD\n  7 x\n  8 y\n", [7]));

    [Fact]
    public void A_line_too_short_for_the_column_is_left_out() =>
        Assert.Equal("CMD PID\nx 7\n", ProcessTable.Filter("CMD PID\nx 7\nhalf\n- -\n", [7]));

    [Theory]
    [InlineData("")]
    [InlineData("PPID CMD\n1 x\n")]
    public void Without_the_column_there_is_no_table(string table) =>
        Assert.Equal("couldn't find PID field in ps output", Assert.Throws<RuntimeException>(() => ProcessTable.Filter(table, [1])).Message);
}
