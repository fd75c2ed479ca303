using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config.md and config-linux.md: what the document says is what the records hold.</summary>
public class ReadBackTests
{
    [Fact]
    public void Every_property_of_the_full_example_is_read_back()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read(Encoding.UTF8.GetBytes(FullExample.Json));

        Assert.Empty(read.Findings);
        JsonNode original = JsonNode.Parse(FullExample.Json)!;
        Assert.Equal(original.ToJsonString(), Ordered(original, RecordsAsJson.Write(read.Value, original)!).ToJsonString());
    }

    [Fact]
    public void Every_property_of_every_record_occurs_in_the_full_example()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read(Encoding.UTF8.GetBytes(FullExample.Json));

        Assert.Equal(["RuntimeSpec.OtherSections"], Unset.In(read.Value!)); // the example is one for linux
    }

    [Fact]
    public void The_order_of_keys_is_free()
    {
        JsonNode original = JsonNode.Parse(FullExample.Json)!;
        string reversed = Reversed(original).ToJsonString();

        SpecDocument<RuntimeSpec> read = SpecReader.Read(Encoding.UTF8.GetBytes(reversed));

        Assert.Empty(read.Findings);
        Assert.Equal(original.ToJsonString(), Ordered(original, RecordsAsJson.Write(read.Value, original)!).ToJsonString());
    }

    [Fact]
    public void A_process_object_stands_alone()
    {
        SpecDocument<ProcessSpec> read = SpecReader.ReadProcess("""{"cwd":"/","args":["true"],"user":{"uid":7}}"""u8);

        Assert.Equal("/", read.Value!.Cwd);
        Assert.Equal("true", Assert.Single(read.Value.Args!.Value));
        Assert.Equal(7u, read.Value.User!.Uid);
    }

    [Fact]
    public void A_resources_object_stands_alone()
    {
        SpecDocument<ResourcesSpec> read = SpecReader.ReadResources("""{"memory":{"limit":-1},"pids":{"limit":0}}"""u8);

        Assert.Equal(-1, read.Value!.Memory!.Limit);
        Assert.Equal(0, read.Value.Pids!.Limit);
    }

    [Fact]
    public void Maps_keep_the_order_of_the_document()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read("""{"ociVersion":"1.0.0","annotations":{"z":"1","a":"2","m":"3"}}"""u8);

        Assert.Equal(["z", "a", "m"], read.Value!.Annotations.Select(static entry => entry.Key));
    }

    [Fact]
    public void What_is_absent_is_null_and_lists_without_a_difference_are_empty()
    {
        RuntimeSpec spec = SpecReader.Read("""{"ociVersion":"1.0.0","linux":{},"process":{"cwd":"/"}}"""u8).Value!;

        Assert.Null(spec.Root);
        Assert.Null(spec.Process!.Terminal);
        Assert.Null(spec.Process.Args);
        Assert.Empty(spec.Mounts);
        Assert.Empty(spec.Linux!.Namespaces);
        Assert.Null(spec.Linux.UidMappings);
    }

    [Fact]
    public void An_empty_list_is_not_an_absent_one()
    {
        RuntimeSpec spec = SpecReader.Read("""{"ociVersion":"1.0.0","process":{"cwd":"/","args":[]}}"""u8).Value!;

        Assert.Empty(spec.Process!.Args!.Value);
    }

    [Fact]
    public void A_null_property_counts_as_absent()
    {
        RuntimeSpec spec = SpecReader.Read("""{"ociVersion":"1.0.0","process":null,"mounts":null,"hostname":null,"linux":{"seccomp":null,"sysctl":null}}"""u8).Value!;

        Assert.Null(spec.Process);
        Assert.Empty(spec.Mounts);
        Assert.Null(spec.Hostname);
        Assert.Null(spec.Linux!.Seccomp);
        Assert.Empty(spec.Linux.Sysctl);
    }

    [Fact]
    public void Unknown_keys_and_other_platforms_are_passed_over()
    {
        SpecDocument<RuntimeSpec> read = SpecReader.Read(
            """{"x":{"y":[1,{"z":null}]},"ociVersion":"1.0.0","windows":{"layerFolders":5},"solaris":1,"vm":[],"zos":{},"freebsd":"","":1,"root":{"path":"r","p":{}}}"""u8);

        Assert.Empty(read.Findings);
        Assert.Equal("r", read.Value!.Root!.Path);
    }

    [Fact]
    public void A_key_may_be_written_with_escapes()
    {
        Assert.Equal("h", SpecReader.Read("""{"\u006fciVersion":"1.0.0","host\u006eame":"h"}"""u8).Value!.Hostname);
    }

    [Theory]
    [InlineData("-0", 0)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Integers_of_64_bits_are_exact(string number, long value)
    {
        Assert.Equal(value, SpecReader.ReadResources(Encoding.UTF8.GetBytes("{\"pids\":{\"limit\":" + number + "}}")).Value!.Pids!.Limit);
    }

    [Theory]
    [InlineData("-0", 0)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("10000000000000000000", 10000000000000000000)]
    public void Natural_numbers_of_64_bits_are_exact(string number, ulong value)
    {
        Assert.Equal(value, SpecReader.ReadResources(Encoding.UTF8.GetBytes("{\"cpu\":{\"shares\":" + number + "}}")).Value!.Cpu!.Shares);
    }

    private static JsonNode Reversed(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.Reverse().Select(static entry => KeyValuePair.Create(entry.Key, (JsonNode?)Reversed(entry.Value!)))),
        JsonArray list => new JsonArray([.. list.Select(static item => Reversed(item!))]),
        _ => node.DeepClone(),
    };

    /// <summary>Brings the keys of <paramref name="node"/> into the order of <paramref name="original"/>; what that lacks comes last.</summary>
    private static JsonNode Ordered(JsonNode original, JsonNode node)
    {
        if (original is JsonObject first && node is JsonObject second)
        {
            var result = new JsonObject();
            foreach (string key in first.Select(static entry => entry.Key).Union(second.Select(static entry => entry.Key)))
            {
                if (second.TryGetPropertyValue(key, out JsonNode? value))
                {
                    result.Add(key, value is null ? null : Ordered(first[key] ?? value, value.DeepClone()));
                }
            }

            return result;
        }

        return original is JsonArray one && node is JsonArray other
            ? new JsonArray([.. other.Select((item, at) => item is null || at >= one.Count ? item?.DeepClone() : Ordered(one[at]!, item.DeepClone()))])
            : node.DeepClone();
    }
}
