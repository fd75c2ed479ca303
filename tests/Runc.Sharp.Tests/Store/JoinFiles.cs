using System;
using System.Linq;
using System.Text;
using Runc.Sharp.Runtime.Store;
using Xunit;

namespace Runc.Sharp.Tests.Store;

/// <summary>What exec needs of a container, kept beside its record.</summary>
public class JoinFiles
{
    private static readonly JoinFile Full = new()
    {
        Namespaces = 0x7e020080,
        KeepsKeyring = true,
        Process = Encoding.UTF8.GetBytes("{\"cwd\":\"/\"}"),
        Filter = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 },
        FilterFlags = 9,
        FilterNotifies = true,
        ListenerPath = "/run/agent",
        ListenerMetadata = "é",
        Personality = "LINUX32",
        Document = "a\nconfig.json",
        Streams = ["pipe:[81]", string.Empty, "/tmp/a\nb"],
    };

    [Fact]
    public void What_was_written_is_read()
    {
        JoinFile read = JoinFile.Parse(Full.ToBytes())!;
        Assert.Equal(Full.Process.ToArray(), read.Process.ToArray());
        Assert.Equal(Full.Filter.ToArray(), read.Filter.ToArray());
        Assert.Equal(Full.Streams.ToArray(), read.Streams.ToArray());
        Assert.Equal(Full, read with { Process = Full.Process, Filter = Full.Filter, Streams = Full.Streams });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("LINUX")]
    [InlineData("LINUX32")]
    public void The_personality_that_was_written_is_read(string? domain) =>
        Assert.Equal(domain, JoinFile.Parse((Full with { Personality = domain }).ToBytes())!.Personality);

    [Theory]
    [InlineData("u:r:m:s0")]
    [InlineData(null)]
    public void The_label_of_the_mounts_is_none_of_the_streams(string? label)
    {
        JoinFile read = JoinFile.Parse((Full with { MountLabel = label }).ToBytes())!;
        Assert.Equal(label, read.MountLabel);
        Assert.Equal(Full.Streams.ToArray(), read.Streams.ToArray());
        Assert.Equal(label, JoinFile.Parse((Full with { MountLabel = label, Streams = [] }).ToBytes())!.MountLabel);
    }

    [Fact]
    public void Metadata_that_is_empty_is_not_metadata_that_is_missing()
    {
        Assert.Equal(string.Empty, JoinFile.Parse((Full with { ListenerMetadata = string.Empty }).ToBytes())!.ListenerMetadata);
        Assert.Null(JoinFile.Parse((Full with { ListenerMetadata = null }).ToBytes())!.ListenerMetadata);
    }

    [Fact]
    public void A_file_of_a_program_that_knew_no_streams_is_read()
    {
        JoinFile read = JoinFile.Parse((Full with { Document = string.Empty, Streams = [] }).ToBytes())!;
        Assert.Equal(string.Empty, read.Document);
        Assert.Empty(read.Streams);
        Assert.Equal("é", read.ListenerMetadata);
    }

    [Fact]
    public void A_file_that_was_cut_off_or_is_another_is_none()
    {
        byte[] whole = Full.ToBytes();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(JoinFile.Parse(whole.AsMemory(0, length)));
        }

        whole[0] ^= 1;
        Assert.Null(JoinFile.Parse(whole));
    }

    [Fact]
    public void A_length_beyond_the_file_is_refused()
    {
        byte[] whole = Full.ToBytes();
        whole[23] = 0xff; // the process's length
        Assert.Null(JoinFile.Parse(whole));
    }
}
