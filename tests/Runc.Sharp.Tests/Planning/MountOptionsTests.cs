using Runc.Sharp.Runtime.Planning;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>How options for the file system itself are taken apart. mount(8), config.md#mounts.</summary>
public class MountOptionsTests
{
    [Theory]
    [InlineData("mode=755,size=1m", "mode=755|size=1m")]
    [InlineData(",a,,b,", "a|b")]
    [InlineData("context=\"u:r:t:s0:c1,c2\",size=1m", "context=\"u:r:t:s0:c1,c2\"|size=1m")]
    [InlineData("size=1m,context=\"u:r:t:s0:c1,c2\"", "size=1m|context=\"u:r:t:s0:c1,c2\"")]
    [InlineData("context=u:r:t:s0:c1,c2", "context=u:r:t:s0:c1,c2")]
    [InlineData("upperdir=\"a,b\",workdir=c", "upperdir=\"a,b\"|workdir=c")]
    [InlineData("lowerdir=/a\\,b,workdir=/c", "lowerdir=/a\\,b|workdir=/c")]
    public void Commas_part_options_as_mount_does(string option, string parts) =>
        Assert.Equal(parts.Split('|'), MountOptions.Parse("tmpfs", [option]).Data);
}
