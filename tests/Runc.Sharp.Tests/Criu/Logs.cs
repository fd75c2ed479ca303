using System.Text;
using Runc.Sharp.Runtime.Criu;
using Xunit;

namespace Runc.Sharp.Tests.Criu;

/// <summary>What is taken out of CRIU's log, and out of /proc for CRIU.</summary>
public class Logs
{
    [Theory]
    [InlineData("(01.2) Error (criu/files-reg.c:1710): Can't lookup mount=23 for fd=1 path=/x\n(01.3) Error (criu/cr-dump.c:2053): Dumping FAILED.\n", "Can't lookup mount=23 for fd=1 path=/x (criu/files-reg.c:1710)")]
    [InlineData("(00.1)      1: Error (criu/mount.c:2955): mnt: no place: Read-only file system\n", "mnt: no place: Read-only file system (criu/mount.c:2955)")]
    [InlineData("(00.0) Error (criu/util.c:1): rlimit: Can't setup RLIMIT_NOFILE for self: no\n(00.1) Error (a.c:2): real", "real (a.c:2)")]
    [InlineData("(00.1) Error (cut off", "(cut off")]
    public void The_first_error_is_told_with_its_place(string log, string told) => Assert.Equal(told, CriuLog.FirstError(Encoding.UTF8.GetBytes(log)));

    [Theory]
    [InlineData("")]
    [InlineData("(00.1) Warn  (criu/kerndat.c:1): Error is no word of mine\n\n")]
    public void A_log_without_an_error_tells_none(string log) => Assert.Null(CriuLog.FirstError(Encoding.UTF8.GetBytes(log)));

    [Fact]
    public void Each_controller_has_its_cgroup()
    {
        CriuPair[] roots = [.. CriuPair.CgroupsOf("4:cpu,cpuacct:/a\n1:name=systemd:/b:c\n0::/d\n"u8)];
        Assert.Equal([new("cpu", "/a"), new("cpuacct", "/a"), new("name=systemd", "/b:c"), new("", "/d")], roots);
    }
}
