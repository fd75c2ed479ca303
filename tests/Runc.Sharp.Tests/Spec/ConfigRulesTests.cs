using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config.md, beside the process. Tests bear the names of the clauses; ¦ marks the place.</summary>
public class ConfigRulesTests
{
    [Fact]
    public void The_full_example_breaks_no_rule_but_those_it_is_made_to_break()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(FullExample.Json));

        Assert.Equal(
            [
                "MemoryKernelDeprecated /linux/resources/memory/kernel",
                "MemoryKernelDeprecated /linux/resources/memory/kernelTCP",
                "CpuBurst /linux/resources/cpu/burst",
                "PersonalityFlags /linux/personality/flags",
            ],
            read.Findings.Select(static finding => finding.Clause + " " + finding.Pointer));
    }

    [Fact]
    public void A_document_without_process_is_good_for_create() => Rules.Good("""{"ociVersion":"1.0.0","root":{"path":"rootfs"}}""");

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.0.2-dev")]
    [InlineData("1.1.0-rc.1")]
    [InlineData("1.2.1+dev")]
    [InlineData("1.3.0")]
    [InlineData("1.99.0")]
    [InlineData("1.0.0+build.007")]
    [InlineData("1.1.0-0.a-b.9")]
    [InlineData("1.123456789012345678901.0")]
    public void SpecVersionInSemVer_good(string version) => Rules.Good("{\"ociVersion\":\"" + version + "\",\"root\":{\"path\":\"r\"}}");

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.x")]
    [InlineData("01.0.0")]
    [InlineData("1.00.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0-ä")]
    [InlineData(" 1.0.0")]
    [InlineData("1..0")]
    [InlineData("..")]
    [InlineData("-1.0.0")]
    public void SpecVersionInSemVer(string version) =>
        Rules.Broken("{\"ociVersion\":¦\"" + version + "\",\"root\":{\"path\":\"r\"}}", "SpecVersionInSemVer", "/ociVersion", $"must be a version in SemVer 2.0.0 form, is '{version}'");

    [Theory]
    [InlineData("0.9.9")]
    [InlineData("2.0.0")]
    [InlineData("11.0.0")]
    [InlineData("1.0.0-rc5")]
    public void SpecVersionSupported(string version) =>
        Rules.Broken("{\"ociVersion\":¦\"" + version + "\",\"root\":{\"path\":\"r\"}}", "SpecVersionSupported", "/ociVersion", $"must be from 1.0.0 to below 2.0.0, is '{version}'");

    [Fact]
    public void RootOnNonWindowsRequired() => Rules.Broken("""¦{"ociVersion":"1.0.0"}""", "RootOnNonWindowsRequired", "/root", "is required, and missing");

    [Fact]
    public void RootPathRequired() => Rules.Broken("""{"ociVersion":"1.0.0","root":{"path":¦""}}""", "RootPathRequired", "/root/path");

    [Theory]
    [InlineData("hostname")]
    [InlineData("domainname")]
    public void UtsNamespaceRequired(string property)
    {
        string text = $"unable to set {property} without a private UTS namespace";
        Rules.Broken(Rules.Document($"\"{property}\":¦\"h\""), "UtsNamespaceRequired", "/" + property, text);
        Rules.Broken(Rules.Document($"\"{property}\":¦\"h\",\"linux\":{{\"namespaces\":[{{\"type\":\"pid\"}}]}}"), "UtsNamespaceRequired", "/" + property, text);
        Rules.Good(Rules.Document($"\"{property}\":\"h\",\"linux\":{{\"namespaces\":[{{\"type\":\"uts\"}}]}}"));
        Rules.Good(Rules.Document($"\"{property}\":\"h\",\"linux\":{{\"namespaces\":[{{\"type\":\"uts\",\"path\":\"/n\"}}]}}"));
        Rules.Good(Rules.Document($"\"{property}\":\"\""));
    }

    [Fact]
    public void UtsNameLength()
    {
        string uts = ",\"linux\":{\"namespaces\":[{\"type\":\"uts\"}]}";
        Rules.Good(Rules.Document("\"hostname\":\"" + new string('h', 64) + "\"" + uts));
        Rules.Broken(Rules.Document("\"hostname\":¦\"" + new string('é', 33) + "\"" + uts), "UtsNameLength", "/hostname", "must have at most 64 bytes");
    }

    [Fact]
    public void AnnotationsKeyRequired() => Rules.Broken(Rules.Document("""  "annotations":{"":¦"x"}"""), "AnnotationsKeyRequired", "/annotations/");

    [Theory]
    [InlineData("""{"destination":¦"data"}""", "should be absolute, is 'data', and is taken as relative to '/'")]
    [InlineData("""{"destination":¦"./x"}""", "should be absolute, is './x', and is taken as relative to '/'")]
    public void MountsDestAbs_warns_of_a_relative_path(string mount, string message) =>
        Rules.Warned(Rules.Document("\"mounts\":[" + mount + "]"), "MountsDestAbs", "/mounts/0/destination", message);

    [Fact]
    public void MountsDestAbs_refuses_an_empty_path() =>
        Rules.Broken(Rules.Document("""  "mounts":[{"destination":"/a"},{"destination":¦""}]"""), "MountsDestAbs", "/mounts/1/destination");

    [Theory]
    [InlineData("uidMappings", "gidMappings")]
    [InlineData("gidMappings", "uidMappings")]
    public void MountsIdMappingsBoth(string one, string other) => Rules.Broken(
        Rules.Document("\"mounts\":[{\"destination\":\"/a\",\"options\":[\"idmap\"],\"" + one + "\":¦[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]"),
        "MountsIdMappingsBoth",
        "/mounts/0/" + one,
        "must be given together with " + other);

    [Theory]
    [InlineData("idmap")]
    [InlineData("ridmap")]
    public void MountsIdMapSource(string option)
    {
        string mount = "\"mounts\":[{\"destination\":\"/a\",\"options\":[\"rbind\",¦\"" + option + "\"]}]";
        Rules.Broken(Rules.Document(mount), "MountsIdMapSource", "/mounts/0/options/1");
        Rules.Good(Rules.Document(mount.Replace("¦", string.Empty, System.StringComparison.Ordinal) + ",\"linux\":{" + Rules.AllNamespaces + "}"));
        Rules.Good(Rules.Document(
            "\"mounts\":[{\"destination\":\"/a\",\"options\":[\"idmap\"],\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]"));
    }

    [Fact]
    public void Mappings_of_a_mount_are_checked_as_those_of_a_namespace() => Rules.Broken(
        Rules.Document("""  "mounts":[{"destination":"/a","uidMappings":[{"containerID":0,"hostID":1,"size":¦0}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]}]"""),
        "IdMappingsSize",
        "/mounts/0/uidMappings/0/size");

    [Theory]
    [InlineData("prestart")]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    [InlineData("poststop")]
    public void PosixHooksPathAbs(string hook)
    {
        Rules.Broken(Rules.Document("\"hooks\":{\"" + hook + "\":[{\"path\":\"/ok\"},{\"path\":¦\"hook.sh\"}]}"), "PosixHooksPathAbs", $"/hooks/{hook}/1/path", "must be absolute, is 'hook.sh'");
        Rules.Broken(Rules.Document("\"hooks\":{\"" + hook + "\":[{\"path\":¦\"\"}]}"), "PosixHooksPathAbs", $"/hooks/{hook}/0/path");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public void PosixHooksTimeoutPositive(string timeout) => Rules.Broken(
        Rules.Document("\"hooks\":{\"poststart\":[{\"path\":\"/ok\",\"timeout\":¦" + timeout + "}]}"),
        "PosixHooksTimeoutPositive",
        "/hooks/poststart/0/timeout",
        "must be above 0, is " + timeout);

    [Theory]
    [InlineData("windows")]
    [InlineData("solaris")]
    [InlineData("zos")]
    [InlineData("freebsd")]
    public void A_section_for_another_platform_is_passed_over_with_a_warning(string section) => Rules.Warned(
        Rules.Document("\"" + section + "\":¦{\"x\":[{\"ociVersion\":1}]}"), "PlatformSpecific", "/" + section, "is passed over: it is for another platform than linux");

    [Fact]
    public void A_section_for_another_platform_that_is_null_is_none() => Rules.Good(Rules.Document("\"windows\":null,\"vm\":null"));

    [Fact]
    public void A_virtual_machine_is_not_silently_none() => Rules.Broken(
        Rules.Document("\"vm\":¦{\"kernel\":{\"path\":\"/vmlinuz\"}}"), "Unsupported", "/vm");

    [Fact]
    public void All_broken_rules_are_told_at_once_beside_the_faults_of_the_text()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate("""
            {
              "ociVersion": "3.0.0",
              "process": { "cwd": 5, "args": [] },
              "mounts": [ { "destination": "" }, 7, { "destination": "rel" } ],
              "hostname": "h"
            }
            """u8);

        Assert.Equal(
            [
                "1:1 RootOnNonWindowsRequired /root",
                "2:17 SpecVersionSupported /ociVersion",
                "3:23 JsonType /process/cwd",
                "3:34 ProcArgsOneEntryRequired /process/args",
                "4:32 MountsDestAbs /mounts/0/destination",
                "4:38 JsonType /mounts/1",
                "4:58 MountsDestAbs /mounts/2/destination",
                "5:15 UtsNamespaceRequired /hostname",
            ],
            read.Findings.Select(static finding => $"{finding.Line}:{finding.Column} {finding.Clause} {finding.Pointer}"));
        Assert.True(read.Failed);
    }

    [Fact]
    public void A_warning_alone_does_not_refuse_the_document()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(Rules.Document("""  "mounts":[{"destination":"rel"}]""")));

        Assert.True(Assert.Single(read.Findings).IsWarning);
        Assert.Equal("rel", read.Value!.Mounts[0].Destination);
    }

    [Fact]
    public void Many_broken_rules_are_told_up_to_a_bound()
    {
        string mounts = string.Join(',', Enumerable.Range(0, 5000).Select(static i => "{\"destination\":\"" + i.ToString(CultureInfo.InvariantCulture) + "\"}"));
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(Rules.Document("\"mounts\":[" + mounts + "],\"hostname\":\"h\"")));

        Assert.InRange(read.Findings.Length, SpecReader.MaxFindings, SpecReader.MaxFindings + 2);
        Assert.True(read.Failed);
    }

    [Fact]
    public void A_value_in_a_message_is_cut_and_escaped() => Rules.Broken(
        Rules.Document("\"hooks\":{\"poststop\":[{\"path\":\"a\\n\\u001b" + new string('x', 100) + "\"}]}"),
        "PosixHooksPathAbs",
        "/hooks/poststop/0/path",
        "must be absolute, is 'a\\u000a\\u001b" + new string('x', 61) + "…'");

    [Fact]
    public void The_validator_alone_gives_no_lines()
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        SpecValidator.Validate(new RuntimeSpec { OciVersion = "1.0.0" }, findings);

        Finding finding = Assert.Single(findings);
        Assert.Equal(("/root", (int?)null, (int?)null), (finding.Pointer, finding.Line, finding.Column));
    }
}
