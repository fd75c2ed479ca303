using System;
using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Faults that the reader finds: each with its clause, its pointer and its line and column. The sign ¦ marks the place.</summary>
public class ReaderFaultTests
{
    [Theory]
    [InlineData("""¦[]""", "", "must be an object, is an array")]
    [InlineData("""¦null""", "", "must be an object, is null")]
    [InlineData("""{"ociVersion":¦5}""", "/ociVersion", "must be a string, is a number")]
    [InlineData("""{"ociVersion":"1.0.0","root":¦"r"}""", "/root", "must be an object, is a string")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":¦{}}""", "/mounts", "must be an array, is an object")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[¦true]}""", "/mounts/0", "must be an object, is a boolean")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[{"destination":"/"},¦null]}""", "/mounts/1", "must be an object, is null")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","args":["a",¦["b"],"c"]}}""", "/process/args/1", "must be a string, is an array")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","args":["a",¦null]}}""", "/process/args/1", "must be a string, is null")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","terminal":¦"true"}}""", "/process/terminal", "must be a boolean, is a string")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","user":{"uid":¦"0"}}}""", "/process/user/uid", "must be an integer, is a string")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","user":{"uid":¦1e3}}}""", "/process/user/uid", "must be an integer, is 1e3")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","user":{"uid":¦1.0}}}""", "/process/user/uid", "must be an integer, is 1.0")]
    [InlineData("""{"ociVersion":"1.0.0","annotations":{"a/b~c":¦1}}""", "/annotations/a~1b~0c", "must be a string, is a number")]
    [InlineData("""{"ociVersion":"1.0.0","annotations":{"a":¦null}}""", "/annotations/a", "must be a string, is null")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"timeOffsets":{"boottime":¦[]}}}""", "/linux/timeOffsets/boottime", "must be an object, is an array")]
    public void JsonType(string document, string place, string message) => OnlyFinding(document, "JsonType", place, message);

    [Theory]
    [InlineData("uid", "¦-1", "must be 0 to 4294967295, is -1")]
    [InlineData("uid", "¦4294967296", "must be 0 to 4294967295, is 4294967296")]
    [InlineData("gid", "¦18446744073709551616", "18446744073709551616 is more than 64 bits hold")]
    [InlineData("gid", "¦-99999999999999999999", "-99999999999999999999 is more than 64 bits hold")]
    [InlineData("gid", "¦18446744073709551615", "must be 0 to 4294967295, is 18446744073709551615")]
    public void JsonRange_of_32_bits(string key, string number, string message) => OnlyFinding(
        """{"ociVersion":"1.0.0","process":{"cwd":"/","user":{"KEY":NUMBER}}}""".Replace("KEY", key, StringComparison.Ordinal).Replace("NUMBER", number, StringComparison.Ordinal),
        "JsonRange",
        "/process/user/" + key,
        message);

    [Theory]
    [InlineData("""{"pids":{"limit":¦9223372036854775808}}""", "/pids/limit", "must be -9223372036854775808 to 9223372036854775807, is 9223372036854775808")]
    [InlineData("""{"pids":{"limit":¦-9223372036854775809}}""", "/pids/limit", "must be -9223372036854775808 to 9223372036854775807, is -9223372036854775809")]
    [InlineData("""{"blockIO":{"weight":¦65536}}""", "/blockIO/weight", "must be 0 to 65535, is 65536")]
    [InlineData("""{"cpu":{"shares":¦18446744073709551616}}""", "/cpu/shares", "18446744073709551616 is more than 64 bits hold")]
    [InlineData("""{"cpu":{"shares":¦-1}}""", "/cpu/shares", "must be 0 to 18446744073709551615, is -1")]
    public void JsonRange_in_resources(string document, string place, string message)
    {
        var marked = new Marked(document);
        SpecDocument<ResourcesSpec> read = SpecReader.ReadResources(marked.Bytes);
        Assert.Equal(new Finding("JsonRange", place, message, marked.Line, marked.Column), Assert.Single(read.Findings));
        Assert.True(read.Failed);
    }

    [Theory]
    [InlineData("¦2147483648", "must be -2147483648 to 2147483647, is 2147483648")]
    [InlineData("¦-2147483649", "must be -2147483648 to 2147483647, is -2147483649")]
    public void JsonRange_of_signed_32_bits(string number, string message) => OnlyFinding(
        """{"ociVersion":"1.0.0","process":{"cwd":"/","oomScoreAdj":NUMBER}}""".Replace("NUMBER", number, StringComparison.Ordinal),
        "JsonRange",
        "/process/oomScoreAdj",
        message);

    [Theory]
    [InlineData("""¦{}""", "/ociVersion")]
    [InlineData("""¦{"ociVersion":null}""", "/ociVersion")]
    [InlineData("""{"ociVersion":"1.0.0","root":¦{}}""", "/root/path")]
    [InlineData("""{"ociVersion":"1.0.0","process":¦{"args":["a"]}}""", "/process/cwd")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","consoleSize":¦{"height":1}}}""", "/process/consoleSize/width")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","rlimits":[¦{"type":"RLIMIT_CPU","hard":1}]}}""", "/process/rlimits/0/soft")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","scheduler":¦{}}}""", "/process/scheduler/policy")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/","ioPriority":¦{}}}""", "/process/ioPriority/class")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[¦{}]}""", "/mounts/0/destination")]
    [InlineData("""{"ociVersion":"1.0.0","hooks":{"poststop":[¦{}]}}""", "/hooks/poststop/0/path")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"namespaces":[¦{"path":"/n"}]}}""", "/linux/namespaces/0/type")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"gidMappings":[¦{"containerID":1,"hostID":1}]}}""", "/linux/gidMappings/0/size")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"devices":[¦{"path":"/dev/x"}]}}""", "/linux/devices/0/type")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"seccomp":¦{}}}""", "/linux/seccomp/defaultAction")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"seccomp":{"defaultAction":"A","syscalls":[¦{"names":["x"]}]}}}""", "/linux/seccomp/syscalls/0/action")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"seccomp":{"defaultAction":"A","syscalls":[{"names":["x"],"action":"A","args":[¦{"index":0,"value":1}]}]}}}""", "/linux/seccomp/syscalls/0/args/0/op")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"personality":¦{}}}""", "/linux/personality/domain")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"memoryPolicy":¦{}}}""", "/linux/memoryPolicy/mode")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{"devices":[¦{}]}}}""", "/linux/resources/devices/0/allow")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{"hugepageLimits":[¦{"limit":1}]}}}""", "/linux/resources/hugepageLimits/0/pageSize")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{"network":{"priorities":[¦{"name":"a"}]}}}}""", "/linux/resources/network/priorities/0/priority")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{"blockIO":{"weightDevice":[¦{"major":1}]}}}}""", "/linux/resources/blockIO/weightDevice/0/minor")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{"blockIO":{"throttleReadBpsDevice":[¦{"major":1,"minor":2}]}}}}""", "/linux/resources/blockIO/throttleReadBpsDevice/0/rate")]
    public void JsonRequired(string document, string place) => OnlyFinding(document, "JsonRequired", place, "is required, and missing");

    [Theory]
    [InlineData("""{"ociVersion":"1.0.0",¦"ociVersion":"1.0.0"}""", "/ociVersion")]
    [InlineData("""{"ociVersion":"1.0.0",¦"oci\u0056ersion":"1.0.0"}""", "/ociVersion")]
    [InlineData("""{"ociVersion":"1.0.0","root":null,"process":{"cwd":"/"},¦"root":null}""", "/root")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"seccomp":{"defaultAction":"A",¦"defaultAction":"B"}}}""", "/linux/seccomp/defaultAction")]
    [InlineData("""{"ociVersion":"1.0.0","annotations":{"a":"1","b":"2",¦"a":"1"}}""", "/annotations/a")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"sysctl":{"k":"1",¦"\u006b":"2"}}}""", "/linux/sysctl/k")]
    public void JsonDuplicateKey(string document, string place) => OnlyFinding(document, "JsonDuplicateKey", place, "is given twice");

    [Fact]
    public void JsonDuplicateKey_in_a_large_map()
    {
        string entries = string.Join(',', Enumerable.Range(0, 1000).Select(static i => $"\"k{i}\":\"\""));
        OnlyFinding("""{"ociVersion":"1.0.0","annotations":{""" + entries + ",¦\"k3\":\"\"}}", "JsonDuplicateKey", "/annotations/k3", "is given twice");
    }

    [Theory]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/",¦"NoNewPrivileges":true}}""", "/process/NoNewPrivileges", "noNewPrivileges")]
    [InlineData("""{"ociVersion":"1.0.0",¦"Linux":{"seccomp":5}}""", "/Linux", "linux")]
    [InlineData("""{"ociVersion":"1.0.0",¦"hoſtname":"x"}""", "/hoſtname", "hostname")]
    [InlineData("""{"ociVersion":"1.0.0",¦"hoo\u212as":{}}""", "/hoo\u212as", "hooks")]
    [InlineData("""{"ociVersion":"1.0.0","linux":{"resources":{¦"blockIo":{}}}}""", "/linux/resources/blockIo", "blockIO")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/",¦"execCpuAffinity":{}}}""", "/process/execCpuAffinity", "execCPUAffinity")]
    public void JsonKeyCase(string document, string place, string known) => OnlyFinding(document, "JsonKeyCase", place, $"must be spelled '{known}'");

    [Theory]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"a¦\u0000b"}""", "/hostname")]
    [InlineData("""{"ociVersion":"1.0.0","annotations":{"a¦\u0000b":""}}""", "/annotations/a\\u0000b")]
    [InlineData("""{"ociVersion":"1.0.0","unknown":["¦\u0000"]}""", "/unknown/0")]
    public void JsonNul(string document, string place) =>
        OnlyFinding(document, "JsonNul", place, "holds a NUL character, at which the kernel would stop reading");

    [Theory]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"\ud83d\ude00¦\ud83d"}""", "/hostname")]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"¦\ude00\ud83d"}""", "/hostname")]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"¦\ud83dx"}""", "/hostname")]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"¦\ud83d\n"}""", "/hostname")]
    [InlineData("""{"ociVersion":"1.0.0","unknown":{"\\\ud83d\ude00":{"x¦\udfff":1}}}""", "/unknown/\\\\\\ud83d\\ude00/x\\udfff")]
    public void Half_a_surrogate_pair_is_refused(string document, string place)
    {
        // The pointer of a key that is no text shows the key as it was written.
        var marked = new Marked(document);
        Finding finding = Assert.Single(SpecReader.Read(marked.Bytes).Findings);
        Assert.Equal(("JsonUtf8", "holds half of a surrogate pair", marked.Line, marked.Column), (finding.Clause, finding.Message, finding.Line, finding.Column));
        Assert.Equal(place.Replace("\\\\\\ud83d\\ude00", "\\😀", StringComparison.Ordinal), finding.Pointer);
    }

    [Theory]
    [InlineData("hostname", "/hostname", 0xff)]
    [InlineData("hostname", "/hostname", 0xc0, 0x80)]
    [InlineData("hostname", "/hostname", 0xed, 0xa0, 0x80)]
    [InlineData("hostname", "/hostname", 0xf5, 0x80, 0x80, 0x80)]
    [InlineData("hostname", "/hostname", 0xe2, 0x82)]
    [InlineData("unknown", "/unknown", 0x80)]
    public void Invalid_utf_8_is_refused(string key, string place, params int[] bytes)
    {
        byte[] document = [.. "{\n \"ociVersion\":\"1.0.0\", \"é"u8, .. "\":1, \""u8, .. Encoding.UTF8.GetBytes(key), .. "\":\"é"u8, .. bytes.Select(static b => (byte)b), .. "\"}"u8];

        Finding finding = Assert.Single(SpecReader.Read(document).Findings);

        string message = "is not valid UTF-8: byte 0x" + bytes[0].ToString("x2", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new Finding("JsonUtf8", place, message, 2, " \"ociVersion\":\"1.0.0\", \"é\":1, \"".Length + key.Length + "\":\"é".Length + 1), finding);
    }

    [Fact]
    public void All_faults_are_told_at_once_in_the_order_of_the_document()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read("""
            {
              "hostname": 1,
              "process": { "cwd": null, "args": "sh", "user": { "uid": -1 } },
              "mounts": [ { "destination": "/a" }, {}, { "destination": 2, "Type": "x" } ],
              "hostname": "y\u0000"
            }
            """u8);

        Assert.Equal(
            [
                "1:1 /ociVersion is required, and missing",
                "2:15 /hostname must be a string, is a number",
                "3:14 /process/cwd is required, and missing",
                "3:37 /process/args must be an array, is a string",
                "3:60 /process/user/uid must be 0 to 4294967295, is -1",
                "4:40 /mounts/1/destination is required, and missing",
                "4:61 /mounts/2/destination must be a string, is a number",
                "4:64 /mounts/2/Type must be spelled 'type'",
                "5:3 /hostname is given twice",
                "5:17 /hostname holds a NUL character, at which the kernel would stop reading",
            ],
            read.Findings.Select(static f => $"{f.Line}:{f.Column} {f.Pointer} {f.Message}"));
        Assert.Null(read.Value);
    }

    [Fact]
    public void Faults_before_a_fault_of_syntax_are_told_too()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read("""{"hostname":1,"root":{"path":tru"""u8);

        Assert.Equal(["JsonType", "JsonSyntax"], read.Findings.Select(static f => f.Clause));
    }

    [Fact]
    public void Only_the_first_hundred_faults_are_told()
    {
        string items = string.Join(',', Enumerable.Repeat("1", 1000));
        SpecDocument<RuntimeSpec> read = SpecReader.Read(Encoding.UTF8.GetBytes("{\"ociVersion\":\"1.0.0\",\"mounts\":[" + items + "]}"));

        Assert.Equal(SpecReader.MaxFindings + 1, read.Findings.Length);
        Assert.Equal("/mounts/100", read.Findings[^1].Pointer);
        Assert.Contains("only the first are told", read.Findings[^1].Message, StringComparison.Ordinal);
    }

    private static void OnlyFinding(string document, string clause, string place, string message)
    {
        var marked = new Marked(document);
        SpecDocument<RuntimeSpec> read = SpecReader.Read(marked.Bytes);
        Assert.Equal(new Finding(clause, place, message, marked.Line, marked.Column), Assert.Single(read.Findings));
        Assert.True(read.Failed);
    }
}
