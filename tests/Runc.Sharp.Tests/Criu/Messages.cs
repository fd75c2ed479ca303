using System;
using Runc.Sharp.Runtime.Criu;
using Xunit;

namespace Runc.Sharp.Tests.Criu;

/// <summary>The messages of CRIU's rpc.proto as bytes.</summary>
public class Messages
{
    private static readonly CriuOptions Least = new() { ImagesDirectory = 5, LogFile = "a" };

    [Fact]
    public void A_number_takes_seven_bits_a_byte_and_a_negative_one_ten_bytes()
    {
        Assert.Equal("0800", Hex(new ProtobufWriter().Number(1, 0)));
        Assert.Equal("089601", Hex(new ProtobufWriter().Number(1, 150)));
        Assert.Equal("08ffffffffffffffffff01", Hex(new ProtobufWriter().Number(1, -1)));
        Assert.Equal("900301", Hex(new ProtobufWriter().Boolean(50, true)));
    }

    [Fact]
    public void A_text_and_a_message_have_their_length_before_them()
    {
        Assert.Equal("120774657374696e67", Hex(new ProtobufWriter().Text(2, "testing")));
        Assert.Equal("1a03089601", Hex(new ProtobufWriter().Message(3, new ProtobufWriter().Number(1, 150))));
        Assert.Equal(string.Empty, Hex(new ProtobufWriter().Text(2, null).Flag(3, false)));
    }

    [Theory]
    [InlineData(CriuKind.Version, "080a")]
    [InlineData(CriuKind.Check, "0803")]
    public void A_request_without_options_is_its_type(CriuKind kind, string bytes) => Assert.Equal(bytes, Convert.ToHexStringLower(CriuRequest.Of(kind)));

    [Fact]
    public void Answers_and_questions_for_features_are_as_rpc_proto_numbers_them()
    {
        Assert.Equal("08061801", Convert.ToHexStringLower(CriuRequest.Notified(success: true)));
        Assert.Equal("08061800", Convert.ToHexStringLower(CriuRequest.Notified(success: false)));
        Assert.Equal("08092a0408011001", Convert.ToHexStringLower(CriuRequest.Features(tracksMemory: true, lazyPages: true)));
    }

    [Fact]
    public void The_least_request_says_what_never_is_left_to_CRIU() =>
        Assert.Equal(
            "0801" + "1215" + "0805" + "4804" + "520161" + "6001" + "c00101" + "900206" + "b00200" + "900301",
            Convert.ToHexStringLower(CriuRequest.Of(CriuKind.Dump, Least)));

    [Theory]
    [InlineData(nameof(CriuOptions.Pid), 2)]
    [InlineData(nameof(CriuOptions.LeaveRunning), 3)]
    [InlineData(nameof(CriuOptions.ExternalUnixSockets), 4)]
    [InlineData(nameof(CriuOptions.TcpEstablished), 5)]
    [InlineData(nameof(CriuOptions.EvasiveDevices), 6)]
    [InlineData(nameof(CriuOptions.ShellJob), 7)]
    [InlineData(nameof(CriuOptions.FileLocks), 8)]
    [InlineData(nameof(CriuOptions.PageServer), 11)]
    [InlineData(nameof(CriuOptions.Root), 13)]
    [InlineData(nameof(CriuOptions.ParentImage), 14)]
    [InlineData(nameof(CriuOptions.AutoDedup), 16)]
    [InlineData(nameof(CriuOptions.WorkDirectory), 17)]
    [InlineData(nameof(CriuOptions.LinkRemap), 18)]
    [InlineData(nameof(CriuOptions.ExternalMounts), 23)]
    [InlineData(nameof(CriuOptions.CgroupRoots), 25)]
    [InlineData(nameof(CriuOptions.RestoreSibling), 26)]
    [InlineData(nameof(CriuOptions.Inherited), 27)]
    [InlineData(nameof(CriuOptions.External), 37)]
    [InlineData(nameof(CriuOptions.JoinedNamespaces), 39)]
    [InlineData(nameof(CriuOptions.FreezeCgroup), 44)]
    [InlineData(nameof(CriuOptions.TcpSkipInFlight), 46)]
    [InlineData(nameof(CriuOptions.LazyPages), 48)]
    [InlineData(nameof(CriuOptions.StatusDescriptor), 49)]
    [InlineData(nameof(CriuOptions.ConfigFile), 51)]
    [InlineData(nameof(CriuOptions.LsmProfile), 53)]
    [InlineData(nameof(CriuOptions.LsmMountContext), 63)]
    public void Each_option_has_its_number(string option, uint field)
    {
        Assert.DoesNotContain(field, Fields(Least));
        Assert.Contains(field, Fields(With(option)));
    }

    [Fact]
    public void Modes_and_namespaces_are_written_as_numbers()
    {
        string request = Convert.ToHexStringLower(CriuRequest.Of(CriuKind.Restore, Least with { CgroupsMode = CriuCgroupsMode.Ignore, EmptyNamespaces = 0x40000000 }));
        Assert.Contains("900200" + "b0028080808004", request, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_is_a_message_of_two_texts() =>
        Assert.Contains("ba010a0a022f6112042f686f73", Convert.ToHexStringLower(CriuRequest.Of(CriuKind.Dump, Least with { ExternalMounts = [new("/a", "/hos")] })), StringComparison.Ordinal);

    [Fact]
    public void A_notification_names_its_point_and_its_process()
    {
        CriuResponse read = CriuResponse.Parse(Convert.FromHexString("080610012a110a0c706f73742d726573746f726510d709"))!;
        Assert.Equal(new CriuResponse { Kind = CriuKind.Notify, Success = true, Script = "post-restore", Pid = 1239 }, read);
    }

    [Theory]
    [InlineData("080a10015204080310 11", 31700)]
    [InlineData("080a1001520608031011 2001", 31701)]
    [InlineData("080a100152070803 1011 1a0167", 31800)]
    public void The_version_is_one_number(string bytes, int version) =>
        Assert.Equal(version, CriuResponse.Parse(Convert.FromHexString(bytes.Replace(" ", string.Empty, StringComparison.Ordinal)))!.Version);

    [Fact]
    public void A_failure_comes_with_errno_and_sentence()
    {
        var message = new ProtobufWriter();
        message.Number(1, 1).Boolean(2, false).Number(7, 17).Text(9, "no way").Message(8, new ProtobufWriter().Boolean(1, false).Boolean(2, true));
        CriuResponse read = CriuResponse.Parse(message.Written)!;
        Assert.Equal(new CriuResponse { Kind = CriuKind.Dump, Error = 17, Message = "no way", TracksMemory = false, LazyPages = true }, read);
        Assert.Equal("criu failed: type DUMP errno 17: no way", read.Failure);
    }

    [Fact]
    public void What_a_newer_CRIU_adds_is_passed_over()
    {
        byte[] unknown = Convert.FromHexString("a006" + "05" + "a9060000000000000000" + "ad0600000000" + "aa0602ffff");
        CriuResponse read = CriuResponse.Parse([.. Convert.FromHexString("08011001"), .. unknown])!;
        Assert.True(read is { Kind: CriuKind.Dump, Success: true });
    }

    [Theory]
    [InlineData("")] // a type there must be
    [InlineData("1001")]
    [InlineData("08")] // no value
    [InlineData("0880808080808080808080")] // a number without an end
    [InlineData("0801 2aff")] // a length beyond the end
    [InlineData("0801 2a020a09")] // a length within beyond the end
    [InlineData("0801 2aff ffff ffff ffff ffff 01")]
    [InlineData("0801 00")] // field 0
    [InlineData("0801 0b")] // a group
    [InlineData("0801 0d0000")] // four bytes that are two
    public void What_is_no_message_is_none(string bytes) =>
        Assert.Null(CriuResponse.Parse(Convert.FromHexString(bytes.Replace(" ", string.Empty, StringComparison.Ordinal))));

    [Fact]
    public void Whatever_bytes_come_none_throws()
    {
        var random = new Random(4711);
        byte[] whole = Convert.FromHexString("080610012a110a0c706f73742d726573746f726510d7093811420408011001" + "4a026e6f" + "520608031011" + "2001");
        Assert.NotNull(CriuResponse.Parse(whole));
        for (int round = 0; round < 20000; round++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = CriuResponse.Parse(bytes);
        }
    }

    private static CriuOptions With(string option) => option switch
    {
        nameof(CriuOptions.Pid) => Least with { Pid = 1 },
        nameof(CriuOptions.LeaveRunning) => Least with { LeaveRunning = true },
        nameof(CriuOptions.ExternalUnixSockets) => Least with { ExternalUnixSockets = true },
        nameof(CriuOptions.TcpEstablished) => Least with { TcpEstablished = true },
        nameof(CriuOptions.EvasiveDevices) => Least with { EvasiveDevices = true },
        nameof(CriuOptions.ShellJob) => Least with { ShellJob = true },
        nameof(CriuOptions.FileLocks) => Least with { FileLocks = true },
        nameof(CriuOptions.PageServer) => Least with { PageServer = ("::1", 27277) },
        nameof(CriuOptions.Root) => Least with { Root = "/r" },
        nameof(CriuOptions.ParentImage) => Least with { ParentImage = "../p" },
        nameof(CriuOptions.AutoDedup) => Least with { AutoDedup = true },
        nameof(CriuOptions.WorkDirectory) => Least with { WorkDirectory = 6 },
        nameof(CriuOptions.LinkRemap) => Least with { LinkRemap = true },
        nameof(CriuOptions.ExternalMounts) => Least with { ExternalMounts = [new("/a", "/b")] },
        nameof(CriuOptions.CgroupRoots) => Least with { CgroupRoots = [new("cpu", "/b")] },
        nameof(CriuOptions.RestoreSibling) => Least with { RestoreSibling = true },
        nameof(CriuOptions.Inherited) => Least with { Inherited = [("pipe:[1]", 1)] },
        nameof(CriuOptions.External) => Least with { External = ["net[1]:extRootNetNS"] },
        nameof(CriuOptions.JoinedNamespaces) => Least with { JoinedNamespaces = [new("uts", "/n")] },
        nameof(CriuOptions.FreezeCgroup) => Least with { FreezeCgroup = "/f" },
        nameof(CriuOptions.TcpSkipInFlight) => Least with { TcpSkipInFlight = true },
        nameof(CriuOptions.LazyPages) => Least with { LazyPages = true },
        nameof(CriuOptions.StatusDescriptor) => Least with { StatusDescriptor = 9 },
        nameof(CriuOptions.ConfigFile) => Least with { ConfigFile = "/c" },
        nameof(CriuOptions.LsmProfile) => Least with { LsmProfile = "apparmor:x" },
        nameof(CriuOptions.LsmMountContext) => Least with { LsmMountContext = "x" },
        _ => throw new ArgumentException(option, nameof(option)),
    };

    private static System.Collections.Generic.List<uint> Fields(CriuOptions options)
    {
        var fields = new System.Collections.Generic.List<uint>();
        var request = new ProtobufReader(CriuRequest.Of(CriuKind.Dump, options));
        while (request.Next() && request.Field != 2)
        {
        }

        var reader = new ProtobufReader(request.Bytes);
        while (reader.Next())
        {
            fields.Add(reader.Field);
        }

        Assert.False(reader.Failed);
        return fields;
    }

    private static string Hex(ProtobufWriter writer) => Convert.ToHexStringLower(writer.Written);
}
