using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Runc.Sharp.Tests.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>
/// Documents by chance, the same ones at each run: whatever stands in them, the answer is findings, a plan, or one
/// <see cref="RuntimeException"/> with a sentence.
/// </summary>
public class FuzzTests
{
    private static readonly string[] Texts =
    [
        "", "/", ".", "..", "../../x", "//", "/proc", "/proc/self/exe", "/dev/null", "rootfs", "a:b", "=", "PATH", "SCMP_ACT_ERRNO", "SCMP_ARCH_X86", "SCMP_CMP_MASKED_EQ",
        "CAP_KILL", "RLIMIT_CORE", "user", "cgroup", "rbind", "ro", "size=1", "idmap", "1.0.2", "9.9.9", "é\u2028\ud83d\ude00", "\n", "\u007f", new('x', 300), new('/', 5000),
    ];

    private static readonly string[] Numbers = ["0", "-0", "1", "-1", "255", "256", "65535", "65536", "2147483648", "4294967295", "4294967296", "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e3", "1e99", "0.5", "-9223372036854775809"];

    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "Bundles");

    private static byte[][] Seeds => [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Documents_with_other_values_are_planned_or_refused(int seed)
    {
        var random = new Random(seed);
        byte[][] seeds = Seeds;
        int planned = 0;
        for (int round = 0; round < 1000; round++)
        {
            JsonNode document = JsonNode.Parse(seeds[random.Next(seeds.Length)])!;
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                Change(document, random);
            }

            planned += Try(Encoding.UTF8.GetBytes(document.ToJsonString())) ? 1 : 0;
        }

        Assert.InRange(planned, 100, 900);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Documents_with_other_bytes_are_planned_or_refused(int seed)
    {
        var random = new Random(seed);
        byte[][] seeds = Seeds;
        for (int round = 0; round < 1000; round++)
        {
            Try(Damage([.. seeds[random.Next(seeds.Length)]], seeds[random.Next(seeds.Length)], random));
        }
    }

    /// <summary>Whether a plan came of it.</summary>
    private static bool Try(byte[] document)
    {
        try
        {
            SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(document);
            SpecReader.ReadAndValidateProcess(document);
            SpecReader.ReadAndValidateResources(document);
            if (read.Failed)
            {
                Assert.All(read.Findings, static finding => Assert.False(string.IsNullOrWhiteSpace(finding.Message)));
                Assert.Contains(read.Findings, static finding => !finding.IsWarning);
                return false;
            }

            RuntimeSpec spec = read.Value!;
            CgroupPlacement placement = Machines.Made(Machines.Hybrid(), spec.Linux?.CgroupsPath ?? "/c1");
            var facts = new HostFacts
            {
                LastCapability = 40,
                Capabilities = (1UL << 41) - 1,
                NullStreams = 7,
                CgroupMounts = CgroupMounts.For(placement, BirthChapter.Makes(spec, "cgroup")),
            };
            CgroupWrites.For(spec.Linux?.Resources, placement);
            byte[] plan = Planner.Plan(spec, new PlanRequest { Id = "c1", Bundle = "/bundle" }, facts).Builder.Encode(5);
            return plan.Length > 0;
        }
        catch (RuntimeException fault)
        {
            Assert.False(string.IsNullOrWhiteSpace(fault.Message));
            return false;
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
        {
            Assert.Fail(fault + "\n" + Encoding.UTF8.GetString(document));
            return false;
        }
    }

    private static void Change(JsonNode document, Random random)
    {
        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Collect(document, places);
        if (places.Count == 0)
        {
            return;
        }

        (JsonNode parent, string? key, int index) = places[random.Next(places.Count)];
        JsonNode? old = key is null ? ((JsonArray)parent)[index] : ((JsonObject)parent)[key];
        JsonNode? value = Value(old, random, places);
        if (parent is JsonArray list)
        {
            switch (random.Next(4))
            {
                case 0:
                    list.RemoveAt(index);
                    break;
                case 1:
                    list.Insert(index, value);
                    break;
                default:
                    list[index] = value;
                    break;
            }

            return;
        }

        if (random.Next(5) == 0)
        {
            ((JsonObject)parent).Remove(key!);
        }
        else
        {
            ((JsonObject)parent)[key!] = value;
        }
    }

    /// <summary>Mostly of the same kind: what is of another kind is soon refused.</summary>
    private static JsonNode? Value(JsonNode? old, Random random, List<(JsonNode Parent, string? Key, int Index)> places)
    {
        JsonValueKind kind = random.Next(5) == 0 ? (JsonValueKind)random.Next(1, 8) : old?.GetValueKind() ?? JsonValueKind.Null;
        switch (kind)
        {
            case JsonValueKind.String:
                return random.Next(2) == 0 || old is not JsonValue text || !text.TryGetValue(out string? words) ? Texts[random.Next(Texts.Length)] : words + Texts[random.Next(Texts.Length)];
            case JsonValueKind.Number:
                return JsonNode.Parse(Numbers[random.Next(Numbers.Length)]);
            case JsonValueKind.True or JsonValueKind.False:
                return random.Next(2) == 0;
            case JsonValueKind.Null:
                return null;
            default:
                (JsonNode parent, string? key, int index) = places[random.Next(places.Count)];
                JsonNode? other = key is null ? ((JsonArray)parent)[index] : ((JsonObject)parent)[key];
                return random.Next(3) == 0 ? kind == JsonValueKind.Array ? new JsonArray() : new JsonObject() : other?.DeepClone();
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string? Key, int Index)> places)
    {
        if (node is JsonObject members)
        {
            foreach ((string key, JsonNode? value) in members)
            {
                places.Add((members, key, -1));
                Collect(value, places);
            }
        }
        else if (node is JsonArray list)
        {
            for (int at = 0; at < list.Count; at++)
            {
                places.Add((list, null, at));
                Collect(list[at], places);
            }
        }
    }

    private static byte[] Damage(List<byte> bytes, byte[] other, Random random)
    {
        for (int change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            int at = random.Next(bytes.Count);
            int length = int.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, other.AsSpan(random.Next(other.Length - 40), 40).ToArray());
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(((string[])["\\u0000", "\\ud800", "[[[[[[[[", "{\"a\":", "\"", ",", "}", "null", "1e999", "\u0000"])[random.Next(10)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
