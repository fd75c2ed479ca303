using System.Buffers;
using System.Text;
using System.Text.Json;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Output;

/// <summary>The lines of <c>events</c>, in runc's schema.</summary>
internal static class EventFormat
{
    /// <summary>One line.</summary>
    /// <param name="id">The container.</param>
    /// <param name="stats">The counters; null for a want of memory.</param>
    internal static string Line(string id, CgroupStats? stats)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, stats is null ? "oom" : "stats");
            json.WriteString("id"u8, id);
            if (stats is not null)
            {
                json.WriteStartObject("data"u8);
                CgroupStatsJson.WriteMembers(json, stats);
                json.WriteStartObject("intel_rdt"u8);
                json.WriteEndObject();
                json.WriteNull("network_interfaces"u8); // only runc's library can make some
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
