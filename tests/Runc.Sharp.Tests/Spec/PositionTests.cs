using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Places of values by their JSON pointer, RFC 6901.</summary>
public class PositionTests
{
    [Theory]
    [InlineData("", """¦{"a":1}""")]
    [InlineData("/a", """{"a":¦1}""")]
    [InlineData("/b", """¦{"a":1}""")]
    [InlineData("/a/b/c", """{"x":{"a":{"b":1}},"a":{"x":[],"b":¦{"d":1}},"c":1}""")]
    [InlineData("/a/2", """{"a":[[0,1,2],{"2":1},¦"x"]}""")]
    [InlineData("/a/2/0", """{"a":[[0,1,2],{"2":1},[¦9]]}""")]
    [InlineData("/a/3", """{"a":¦[1,2,3]}""")]
    [InlineData("/a/x", """{"a":¦[1,2,3]}""")]
    [InlineData("/a/01", """{"a":¦[1,2,3]}""")]
    [InlineData("/a/b", """{"a":¦"b"}""")]
    [InlineData("/a~1b/m~0n", """{"a/b":{"m~n": ¦true}}""")]
    [InlineData("/é", """{"\u00e9": ¦[]}""")]
    [InlineData("/a", "{\n  \"é\": 2, \"a\":\n\t¦1}")]
    [InlineData("/a/b", """{"a":¦{"c":1,}""")]
    public void A_value_is_found_or_the_nearest_around_it(string place, string document)
    {
        var marked = new Marked(document);
        Assert.Equal((marked.Line, marked.Column), SpecPositions.Find(marked.Bytes, place));
    }

    [Fact]
    public void A_byte_has_a_line_and_a_column()
    {
        byte[] document = Encoding.UTF8.GetBytes("ab\né😀c\n");
        Assert.Equal((1, 1), SpecPositions.At(document, 0));
        Assert.Equal((1, 3), SpecPositions.At(document, 2));
        Assert.Equal((2, 1), SpecPositions.At(document, 3));
        Assert.Equal((2, 2), SpecPositions.At(document, 5));
        Assert.Equal((2, 3), SpecPositions.At(document, 9));
        Assert.Equal((3, 1), SpecPositions.At(document, 1000));
        Assert.Equal((1, 1), SpecPositions.At(document, -5));
    }
}
