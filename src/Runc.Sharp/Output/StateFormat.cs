using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Output;

/// <summary><c>state</c> and <c>list</c>, in runc's formats.</summary>
internal static class StateFormat
{
    private static readonly string[] Titles = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"];

    /// <summary>As <c>state</c> prints it: two spaces a level, no newline at the end.</summary>
    internal static string State(ContainerState state)
    {
        var json = new JsonText("  ");
        Write(json, state, string.Empty);
        return json.ToString();
    }

    /// <summary>As <c>list --format json</c> prints it: on one line; null where there is none.</summary>
    internal static string Json(ImmutableArray<ContainerState> states)
    {
        if (states.IsEmpty)
        {
            return "null";
        }

        var json = new JsonText();
        json.BeginArray();
        foreach (ContainerState state in states)
        {
            Write(json, state, UserNames.Of(state.OwnerUid));
        }

        return json.EndArray().ToString();
    }

    /// <summary>As <c>list</c> prints it: columns at least 12 wide, three spaces apart.</summary>
    internal static string Table(ImmutableArray<ContainerState> states)
    {
        var rows = new List<string[]> { Titles };
        foreach (ContainerState state in states)
        {
            rows.Add([state.Id, state.Pid.ToString(CultureInfo.InvariantCulture), state.Status, state.Bundle, state.Created, UserNames.Of(state.OwnerUid)]);
        }

        var widths = new int[5];
        foreach (string[] row in rows)
        {
            for (int column = 0; column < widths.Length; column++)
            {
                widths[column] = int.Max(widths[column], int.Max(12, row[column].Length + 3));
            }
        }

        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            for (int column = 0; column < widths.Length; column++)
            {
                text.Append(row[column].PadRight(widths[column]));
            }

            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }

    private static void Write(JsonText json, ContainerState state, string owner)
    {
        json.BeginObject().String("ociVersion", SpecVersion.Text).String("id", state.Id).Number("pid", (long)state.Pid)
            .String("status", state.Status).String("bundle", state.Bundle).String("rootfs", state.Rootfs).String("created", state.Created);
        if (!state.Annotations.IsDefaultOrEmpty)
        {
            json.BeginObject("annotations");
            foreach (KeyValuePair<string, string> annotation in state.Annotations)
            {
                json.String(annotation.Key, annotation.Value);
            }

            json.EndObject();
        }

        json.String("owner", owner).EndObject();
    }
}
