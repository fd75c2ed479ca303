using System.Text;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Tests.Linux;

/// <summary>Strings on their way to the kernel.</summary>
public class Paths
{
    [Fact]
    public void A_NUL_inside_is_refused()
    {
        LinuxException failure = Assert.Throws<LinuxException>(() => CPath.FromString("a\0b"));
        Assert.Equal("\"a\\x00b\" has a NUL byte inside", failure.Message);
        Assert.Throws<LinuxException>(() => CPath.FromReadOnlySpan("a\0"u8));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Throws<LinuxException>(() => CPath.FromString("a\ud800"));

    [Fact]
    public void Bytes_that_are_not_text_are_kept()
    {
        byte[] bytes = [0x2f, 0xff, 0xfe, 0x80];
        Assert.Equal(bytes, CPath.FromReadOnlySpan(bytes).Bytes.ToArray());
    }

    [Fact]
    public void The_terminated_form_ends_with_one_NUL()
    {
        Assert.Equal("é\0"u8.ToArray(), CPath.FromString("é").Terminated.ToArray());
        Assert.Equal("\0"u8.ToArray(), default(CPath).Terminated.ToArray());
    }

    [Fact]
    public void Control_characters_are_shown_escaped() => Assert.Equal("a\\x0ab", CPath.FromString("a\nb").ToString());

    [Theory]
    [InlineData("", "b", "b")]
    [InlineData("a", "b", "a/b")]
    [InlineData("/a/", "b", "/a/b")]
    [InlineData("/", "b", "/b")]
    public void Joining_puts_one_slash(string directory, string name, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(CPath.Join(directory, name).Bytes));

    [Fact]
    public void Equal_bytes_are_equal_paths()
    {
        CPath one = "/x";
        CPath same = "/x"u8;
        Assert.True(one == same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.True(one != "/y");
    }

    [Fact]
    public void Open_flags_of_arm64_differ_in_two_bits()
    {
        int flags = (OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec).ToKernel();
        int expected = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? 0x8c000 : 0xb0000;
        Assert.Equal(expected, flags);
    }
}
