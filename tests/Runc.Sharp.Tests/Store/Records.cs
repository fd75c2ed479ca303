using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Store;

/// <summary>What is remembered of a container.</summary>
public class Records
{
    internal static ContainerRecord Full { get; } = new()
    {
        Id = "c1",
        Bundle = "/b \"quoted\" \\ é\n",
        Rootfs = "/b/rootfs",
        Created = "2026-01-02T03:04:05.678Z",
        Owner = 1000,
        Pid = 4711,
        StartTime = 987654321,
        ProcessInode = ulong.MaxValue,
        BootId = "b00t",
        Cgroups = "memory /x\ncpu /y",
        OwnPidNamespace = true,
        Notes = ["12\n/process/args", "13\nx"],
        Spec = new RuntimeSpec
        {
            OciVersion = "1.2.0",
            Annotations = [new KeyValuePair<string, string>("a.b/c", "\ud83d\udc0b \u0001"), new KeyValuePair<string, string>(string.Empty, string.Empty)],
            Hooks = new HooksSpec
            {
                Poststart = [new HookSpec { Path = "/h1", Args = ["h1", ""], Env = ["A=b"], Timeout = 3 }, new HookSpec { Path = "/h2" }],
                Poststop = [new HookSpec { Path = "/h3" }],
            },
        },
    };

    internal static ContainerRecord Intent(string id) => new()
    {
        Id = id,
        Bundle = "/b",
        Rootfs = "/r",
        Created = "2026-01-02T03:04:05Z",
        Spec = new RuntimeSpec { OciVersion = "1.2.0" },
    };

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        ContainerRecord read = ContainerRecord.Parse(Full.ToLine())!;
        Assert.Equal(Encoding.UTF8.GetString(Full.ToLine()), Encoding.UTF8.GetString(read.ToLine()));
        Assert.Equal(Full.Bundle, read.Bundle);
        Assert.Equal(Full.ProcessInode, read.ProcessInode);
        Assert.Equal(Full.BootId, read.BootId);
        Assert.Equal<string>(Full.Notes, read.Notes);
        Assert.Equal<KeyValuePair<string, string>>(Full.Spec.Annotations, read.Spec.Annotations);
        Assert.Equal(3, read.Spec.Hooks!.Poststart!.Value[0].Timeout);
        Assert.Null(read.Spec.Hooks.Poststart.Value[1].Args);
        Assert.Equal("/h3", read.Spec.Hooks.Poststop!.Value[0].Path);
        Assert.Null(read.Spec.Hooks.Prestart);
    }

    [Fact]
    public void Without_the_notes_a_record_is_the_same_otherwise_also_where_an_older_program_wrote_them_further_to_the_front()
    {
        string text = Encoding.UTF8.GetString(Full.ToLine());
        int notes = text.IndexOf(",\"notes\":", StringComparison.Ordinal);
        int config = text.IndexOf(",\"config\":", StringComparison.Ordinal);
        string older = string.Concat(text.AsSpan(0, config), text.AsSpan(notes, text.Length - 2 - notes), text.AsSpan(config, notes - config), "}\n");
        string bare = Encoding.UTF8.GetString((Full with { Notes = [] }).ToLine());
        Assert.Equal(bare, Encoding.UTF8.GetString(ContainerRecord.Parse(Encoding.UTF8.GetBytes(text), notes: false)!.ToLine()));
        Assert.Equal(bare, Encoding.UTF8.GetString(ContainerRecord.Parse(Encoding.UTF8.GetBytes(older), notes: false)!.ToLine()));
        Assert.Equal(text, Encoding.UTF8.GetString(ContainerRecord.Parse(Encoding.UTF8.GetBytes(older))!.ToLine()));
    }

    [Fact]
    public void A_record_is_one_line()
    {
        string text = Encoding.UTF8.GetString(Full.ToLine());
        Assert.Equal("\n{\"format\":1,", text[..13]);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text.AsSpan(1, text.Length - 2).ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_last_whole_line_counts_however_far_the_next_was_written(bool notes)
    {
        byte[] first = Intent("c1").ToLine();
        byte[] second = Full.ToLine();
        for (int cut = 0; cut <= second.Length; cut++)
        {
            ContainerRecord read = ContainerRecord.Parse([.. first, .. second[..cut]], notes)!;
            Assert.Equal(cut == second.Length ? Full.Pid : 0, read.Pid);
            if (cut < second.Length - 1)
            {
                Assert.Equal(0, ContainerRecord.Parse([.. first, .. second[..cut], .. "\n{\"format"u8], notes)!.Pid); // and cut off once more
            }
        }

        // And what comes behind a line that was cut off is whole again.
        Assert.Equal(Full.Pid, ContainerRecord.Parse([.. first, .. second[..20], .. second])!.Pid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n\n")]
    [InlineData("\0\0\0\0\0\0\0\0\n")]
    [InlineData("{}\n")]
    [InlineData("[]\n")]
    [InlineData("null\n")]
    [InlineData("\"x\"\n")]
    [InlineData("{\"format\":\"1\"}\n")]
    [InlineData("{\"format\":1,\"id\":7}\n")]
    [InlineData("{\"format\":1,\"pid\":99999999999}\n")]
    [InlineData("{\"format\":1,\"pid\":1.5}\n")]
    [InlineData("{\"format\":1,\"config\":[]}\n")]
    [InlineData("{\"format\":1,\"config\":{\"hooks\":{\"poststop\":[{}]}}}\n")]
    [InlineData("{\"format\":1,\"config\":{\"hooks\":{\"poststop\":3}}}\n")]
    [InlineData("{\"format\":1,\"notes\":{}}\n")]
    [InlineData("{\"id\":\"a\",\"bundle\":\"b\",\"rootfs\":\"c\",\"created\":\"d\"}\n")]
    public void What_is_no_record_is_none(string content) => Assert.Null(ContainerRecord.Parse(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void Unknown_members_are_passed_over()
    {
        string text = Encoding.UTF8.GetString(Full.ToLine()).Replace("\"id\":", "\"later\":{\"a\":[1,{}]},\"id\":", StringComparison.Ordinal);
        Assert.Equal("c1", ContainerRecord.Parse(Encoding.UTF8.GetBytes(text))!.Id);
    }

    [Fact]
    public void A_record_of_a_newer_program_is_refused_not_taken_for_half_made()
    {
        string text = Encoding.UTF8.GetString(Full.ToLine()).Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal);
        RuntimeException failure = Assert.Throws<RuntimeException>(() => ContainerRecord.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("format 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_for_a_born_init_names_it_within_this_boot()
    {
        using Runc.Sharp.Linux.OwnedFd self = Runc.Sharp.Linux.Processes.PidfdOpen(Environment.ProcessId).Value;
        ContainerRecord record = Intent("c1").WithInit(Environment.ProcessId, self);
        Assert.True(ContainerStatus.IsAlive(record));
        Assert.False(ContainerStatus.IsAlive(record with { BootId = "11111111-2222-3333-4444-555555555555" }));
        Assert.False(ContainerStatus.IsAlive(record with { ProcessInode = record.ProcessInode + 1, StartTime = 1 }));
        Assert.False(ContainerStatus.IsAlive(record with { Pid = 0 }));
        Assert.False(ContainerStatus.IsAlive(record with { Pid = 4_190_000 }));
        ulong start = Runc.Sharp.Linux.Processes.Stat(Environment.ProcessId).Value.StartTime;
        Assert.True(ContainerStatus.IsAlive(record with { ProcessInode = 0, StartTime = start }));
        Assert.False(ContainerStatus.IsAlive(record with { ProcessInode = 0, StartTime = start + 1 }));
    }
}
