using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;
using Xunit;

namespace Runc.Sharp.Tests.Cli;

/// <summary>The formats of <c>state</c> and <c>list</c>, which engines read.</summary>
public class StateFormatTests
{
    private const uint NobodysId = 4_294_967_294;

    private static readonly ContainerState One = new("1.0.2", "one", 42, "running", "/b", "/b/rootfs", "2026-01-02T03:04:05.678901234Z", [], NobodysId);

    [Fact]
    public void State_is_indented_in_runcs_order_and_ends_without_a_newline() => Assert.Equal(
        """
        {
          "ociVersion": "1.3.0",
          "id": "one",
          "pid": 42,
          "status": "running",
          "bundle": "/b",
          "rootfs": "/b/rootfs",
          "created": "2026-01-02T03:04:05.678901234Z",
          "annotations": {
            "a": "b\"c"
          },
          "owner": ""
        }
        """,
        StateFormat.State(One with { Annotations = [new KeyValuePair<string, string>("a", "b\"c")] }));

    [Fact]
    public void State_leaves_out_annotations_where_there_are_none() => Assert.DoesNotContain("annotations", StateFormat.State(One));

    [Fact]
    public void List_is_one_line_of_JSON_with_the_owner() => Assert.Equal(
        """[{"ociVersion":"1.3.0","id":"one","pid":42,"status":"running","bundle":"/b","rootfs":"/b/rootfs","created":"2026-01-02T03:04:05.678901234Z","owner":"#4294967294"}]""",
        StateFormat.Json([One]));

    [Fact]
    public void An_empty_list_is_null_as_Go_writes_it() => Assert.Equal("null", StateFormat.Json(ImmutableArray<ContainerState>.Empty));

    [Fact]
    public void A_table_has_columns_of_twelve_or_three_more_than_the_longest()
    {
        ContainerState other = One with { Id = "a-much-longer-id", Pid = 0, Status = "stopped" };
        Assert.Equal(
            """
            ID                 PID         STATUS      BUNDLE      CREATED                          OWNER
            one                42          running     /b          2026-01-02T03:04:05.678901234Z   #4294967294
            a-much-longer-id   0           stopped     /b          2026-01-02T03:04:05.678901234Z   #4294967294

            """,
            StateFormat.Table([One, other]));
    }

    [Fact]
    public void An_empty_table_has_its_titles() =>
        Assert.Equal("ID          PID         STATUS      BUNDLE      CREATED     OWNER\n", StateFormat.Table([]));
}
