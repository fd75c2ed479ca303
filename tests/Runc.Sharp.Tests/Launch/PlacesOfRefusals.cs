using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Launch;
using Xunit;

namespace Runc.Sharp.Tests.Launch;

/// <summary>Where in a document that what cannot be done is asked for.</summary>
public class PlacesOfRefusals
{
    private const string Config = """
        {
          "process": { "cwd": "/" },
          "mounts": [ {}, { "source": "/x" } ]
        }
        """;

    [Fact]
    public void Each_refusal_has_its_line_and_column() => Assert.Equal(
        "config.json:3:31: /mounts/1/source: is not there; config.json:2:23: /process/cwd must be absolute",
        Located(new DocumentText("config.json", Encoding.UTF8.GetBytes(Config)), new Refusal("/mounts/1/source", ": is not there"), new Refusal("/process/cwd", " must be absolute")));

    [Fact]
    public void What_is_not_there_stands_where_it_would_be() => Assert.Equal(
        "config.json:3:13: /mounts/7: no",
        Located(new DocumentText("config.json", Encoding.UTF8.GetBytes(Config)), new Refusal("/mounts/7", ": no")));

    [Fact]
    public void A_part_in_a_file_of_its_own_has_its_own_pointers() => Assert.Equal(
        "p.json:1:9: /cwd: no; p.json:1:1: the document: no",
        Located(new DocumentText("p.json", Encoding.UTF8.GetBytes("""{"cwd": "/"}"""), "/process"), new Refusal("/process/cwd", ": no"), new Refusal("/process", ": no")));

    [Fact]
    public void Without_the_text_a_refusal_has_its_pointer() =>
        Assert.Equal("/mounts/1: no; /process yes", new RuntimeException([new Refusal("/mounts/1", ": no"), new Refusal("/process", " yes")]).Message);

    private static string Located(DocumentText text, params Refusal[] refusals) => text.Located(new RuntimeException([.. refusals])).Message;
}
