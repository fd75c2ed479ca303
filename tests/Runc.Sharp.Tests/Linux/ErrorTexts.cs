using System;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Tests.Linux;

/// <summary>What a failed call says.</summary>
public class ErrorTexts
{
    [Fact]
    public void A_failed_call_tells_call_subject_name_and_words()
    {
        LinuxException failure = Assert.Throws<LinuxException>(() => SyscallResult.From(-2, "openat", "/x").OrThrow());
        Assert.Equal("openat /x: ENOENT (no such file or directory)", failure.Message);
        Assert.Equal(Errno.ENOENT, failure.Error);
        Assert.Equal("openat", failure.Call);
        Assert.Equal("/x", failure.Subject);
    }

    [Fact]
    public void A_misleading_errno_gets_a_hint()
    {
        LinuxException failure = new(SyscallResult.From(-(nint)Errno.ENOSPC, "mount", "/mnt"));
        Assert.StartsWith("mount /mnt: ENOSPC (no space left on device); hint: the limit of mounts", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_errno_has_a_name_and_words_in_lower_case()
    {
        foreach (Errno errno in Enum.GetValues<Errno>())
        {
            if (errno != Errno.None)
            {
                Assert.Equal(Enum.GetName(errno), errno.Name());
                Assert.NotEqual("unknown error", errno.Words());
                Assert.False(char.IsUpper(errno.Words()[0]) && char.IsLower(errno.Words()[1]), errno.Words());
            }
        }
    }

    [Fact]
    public void No_hint_has_words_that_engines_take_for_another_mistake()
    {
        string[] calls = ["mount", "move_mount", "fsmount", "fsopen", "fsconfig", "mount_setattr", "openat2", "setns", "unshare", "clone3", "posix_spawn", "execve",
            "write", "umount2", "unlinkat", "mknodat", "prlimit64", "keyctl", "connect", "bpf"];
        int seen = 0;
        foreach (string call in calls)
        {
            foreach (Errno errno in Enum.GetValues<Errno>())
            {
                if (Hints.For(call, errno) is string hint)
                {
                    seen++;
                    // Docker answers 126 to the first two, 127 to the others: moby, daemon/errors.go.
                    foreach (string taken in (string[])["is a directory", "permission denied", "no such file or directory", "executable file not found"])
                    {
                        Assert.DoesNotContain(taken, hint, StringComparison.OrdinalIgnoreCase);
                    }
                }
            }
        }

        Assert.True(seen > 2 * calls.Length); // each of them has one of its own, and one for ENOSYS
    }

    [Fact]
    public void A_number_without_a_name_is_told_as_a_number() => Assert.Equal("errno 999", ((Errno)999).Name());

    [Fact]
    public void Only_the_tolerated_errno_passes()
    {
        SyscallResult exists = SyscallResult.From(-(nint)Errno.EEXIST, "mkdirat", "x");
        Assert.False(exists.OrThrowUnless(Errno.EEXIST));
        Assert.Throws<LinuxException>(() => exists.OrThrowUnless(Errno.ENOENT));
        Assert.True(SyscallResult.From(0, "mkdirat").OrThrowUnless(Errno.ENOENT));
    }

    [Fact]
    public void A_value_cannot_be_taken_from_a_failure()
    {
        SyscallResult<int> failed = new(SyscallResult.From(-(nint)Errno.EIO, "read"));
        Assert.Throws<LinuxException>(() => failed.Value);
        Assert.Equal(7, failed.OrThrowUnless(Errno.EIO, 7));
    }
}
