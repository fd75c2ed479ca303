using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Documents that are not JSON, and documents beyond the bounds. The sign ¦ marks the place.</summary>
public class ReaderSyntaxTests
{
    [Theory]
    [InlineData("""¦""", "", "is empty")]
    [InlineData("  \n ¦", "", "ends before it is complete: expected a value")]
    [InlineData("""{¦""", "", "ends before it is complete: expected a property name in quotation marks or '}'")]
    [InlineData("""{"ociVersion¦""", "", "ends before it is complete: expected the end of a string")]
    [InlineData("""{"ociVersion"¦""", "", "ends before it is complete: expected ':'")]
    [InlineData("""{"ociVersion":¦""", "/ociVersion", "ends before it is complete: expected a value")]
    [InlineData("""{"ociVersion":"1.0¦""", "/ociVersion", "ends before it is complete: expected the end of a string")]
    [InlineData("""{"ociVersion":"1.0\u00¦""", "/ociVersion", "ends before it is complete: expected the end of a string")]
    [InlineData("""{"ociVersion":"1.0.0"¦""", "", "ends before it is complete: expected ',' or '}'")]
    [InlineData("""{"ociVersion":"1.0.0",¦""", "", "ends before it is complete: expected a property name in quotation marks")]
    [InlineData("""{"ociVersion":"1.0.0","x":tru¦""", "/x", "ends before it is complete")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[¦""", "/mounts", "ends before it is complete: expected a value or ']'")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[{"destination":"/"}¦""", "/mounts", "ends before it is complete: expected ',' or ']'")]
    [InlineData("""{"ociVersion":"1.0.0","process":{"cwd":"/"}¦""", "", "ends before it is complete: expected ',' or '}'")]
    public void A_truncated_document_says_what_was_expected(string document, string place, string message) => Syntax(document, place, message);

    [Theory]
    [InlineData("""{"ociVersion":"1.0.0"¦,}""", "", "has a comma with nothing behind it")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[{"destination":"/"}¦, ]}""", "/mounts", "has a comma with nothing behind it")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[¦,]}""", "/mounts", "expected a value or ']', found ','")]
    [InlineData("""{"ociVersion":"1.0.0",¦,"x":1}""", "", "expected a property name in quotation marks, found ','")]
    [InlineData("""{ ¦// comment""", "", "has a comment, which JSON does not allow")]
    [InlineData("""{"ociVersion":¦/* c */"1.0.0"}""", "/ociVersion", "has a comment, which JSON does not allow")]
    [InlineData("""{"ociVersion":"1.0.0"} ¦# comment""", "", "expected the end of the document, found '#'")]
    [InlineData("""{"ociVersion":"1.0.0"} ¦{}""", "", "expected the end of the document, found '{'")]
    [InlineData("""{"ociVersion":"1.0.0"}¦}""", "", "expected the end of the document, found '}'")]
    [InlineData("""{"ociVersion":¦NaN}""", "/ociVersion", "expected a value, found 'NaN'")]
    [InlineData("""{"ociVersion":¦-Infinity}""", "/ociVersion", "expected a value, found '-Infinity'")]
    [InlineData("""{"ociVersion":¦True}""", "/ociVersion", "expected a value, found 'True'")]
    [InlineData("""{"x":[1,¦nul]}""", "/x", "expected a value, found 'nul'")]
    [InlineData("""{"x":¦01}""", "/x", "expected a value, found the malformed number '01'")]
    [InlineData("""{"x":¦1.}""", "/x", "expected a value, found the malformed number '1.'")]
    [InlineData("""{"x":¦+1}""", "/x", "expected a value, found '+1'")]
    [InlineData("""{"x":¦0x10}""", "/x", "expected a value, found the malformed number '0x10'")]
    [InlineData("""{¦'ociVersion':"1.0.0"}""", "", "expected a property name in quotation marks or '}', found '''")]
    [InlineData("""{"ociVersion":¦'1.0.0'}""", "/ociVersion", "expected a value, found '''")]
    [InlineData("""{¦ociVersion:"1.0.0"}""", "", "expected a property name in quotation marks or '}', found 'o'")]
    [InlineData("""{"ociVersion" ¦"1.0.0"}""", "", "expected ':', found '\"'")]
    [InlineData("""{"ociVersion"¦="1.0.0"}""", "", "expected ':', found '='")]
    [InlineData("""{"ociVersion":"1.0.0" ¦"root":{}}""", "", "expected ',' or '}', found '\"'")]
    [InlineData("""{"ociVersion":"1.0.0","mounts":[¦}]}""", "/mounts", "expected a value or ']', found '}'")]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"a¦\x"}""", "/hostname", "has an escape in a string that JSON does not know")]
    [InlineData("""{"ociVersion":"1.0.0","hostname":"a¦\u12x4"}""", "/hostname", "has an escape in a string that JSON does not know")]
    [InlineData("{\"ociVersion\":\"1.0.0\",\"hostname\":\"a¦\nb\"}", "/hostname", "has a raw control character in a string, byte 0x0a, or lacks a closing quotation mark")]
    [InlineData("{\"host¦\tname\":\"b\"}", "", "has a raw control character in a string, byte 0x09, or lacks a closing quotation mark")]
    [InlineData("{\"ociVersion\":\"1.0.0\"¦\u00a0}", "", "expected ',' or '}', found byte 0xc2")]
    [InlineData("{\"ociVersion\":\"1.0.0\"¦é}", "", "expected ',' or '}', found 'é'")]
    [InlineData("¦rootfs", "", "expected a value, found 'rootfs'")]
    public void What_is_no_json_says_what_was_expected_and_found(string document, string place, string message) => Syntax(document, place, message);

    [Fact]
    public void A_byte_order_mark_is_refused()
    {
        Finding finding = Assert.Single(SpecReader.Read([0xef, 0xbb, 0xbf, .. "{\"ociVersion\":\"1.0.0\"}"u8]).Findings);
        Assert.Equal(new Finding("JsonSyntax", "", "begins with a byte order mark, which JSON does not allow", 1, 1), finding);
    }

    [Fact]
    public void Utf_16_is_refused()
    {
        Finding finding = Assert.Single(SpecReader.Read([0xff, 0xfe, .. Encoding.Unicode.GetBytes("{\"ociVersion\":\"1.0.0\"}")]).Findings);
        Assert.Equal(new Finding("JsonSyntax", "", "expected a value, found byte 0xff", 1, 1), finding);
    }

    [Fact]
    public void Columns_count_characters_and_lines_end_in_line_feeds()
    {
        Finding finding = Assert.Single(SpecReader.Read("{\r\n\"é😀\": 1,\r\n \"ö\": 2, \"ociVersion\": 3 }"u8).Findings);
        Assert.Equal((3, 24), (finding.Line, finding.Column));
    }

    [Theory]
    [InlineData("[", "")]
    [InlineData("{\"a\":", "")]
    [InlineData("{\"unknown\":[", "[")]
    [InlineData("{\"linux\":{\"resources\":", "[")]
    public void Nesting_of_100_000_levels_is_refused_without_a_deep_stack(string start, string more)
    {
        string document = start + string.Concat(Enumerable.Repeat(more.Length == 0 ? start : more, 100_000));
        Finding finding = SpecReader.Read(Encoding.UTF8.GetBytes(document)).Findings[^1];
        Assert.Equal(("JsonDepth", "is nested deeper than 64 levels"), (finding.Clause, finding.Message));
        Assert.NotNull(finding.Line);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Depth_64_is_the_deepest(int arrays, bool good)
    {
        string document = "{\"ociVersion\":\"1.0.0\",\"x\":" + new string('[', arrays) + new string(']', arrays) + "}";
        SpecDocument<RuntimeSpec> read = SpecReader.Read(Encoding.UTF8.GetBytes(document));

        Assert.Equal(!good, read.Failed);
        if (!good)
        {
            Finding finding = Assert.Single(read.Findings);
            Assert.Equal(("/x" + string.Concat(Enumerable.Repeat("/0", 63)), 1, 27 + 63), (finding.Pointer, finding.Line, finding.Column));
        }
    }

    [Fact]
    public void JsonBounds_of_the_document()
    {
        byte[] document = new byte[SpecReader.MaxBytes + 1];
        document.AsSpan().Fill((byte)' ');
        "{\"ociVersion\":\"1.0.0\"}"u8.CopyTo(document);

        Assert.Equal(new Finding("JsonBounds", "", "is larger than 16777216 bytes", 1, 1), Assert.Single(SpecReader.Read(document).Findings));
        Assert.False(SpecReader.Read(document.AsSpan(..^1)).Failed);
    }

    [Fact]
    public void JsonBounds_of_elements_and_entries()
    {
        string Document(int count) => "{\"ociVersion\":\"1.0.0\",\"process\":{\"cwd\":\"/\",\"args\":[" + string.Join(',', Enumerable.Repeat("\"\"", count)) + "]}}";

        Assert.False(SpecReader.Read(Encoding.UTF8.GetBytes(Document(SpecReader.MaxValues))).Failed);
        Finding finding = Assert.Single(SpecReader.Read(Encoding.UTF8.GetBytes(Document(SpecReader.MaxValues + 1))).Findings);
        Assert.Equal(("JsonBounds", "/process/args/262144", "is one of more than 262144 elements and entries"), (finding.Clause, finding.Pointer, finding.Message));
    }

    [Fact]
    public void Every_prefix_of_the_full_example_is_refused_at_its_end()
    {
        byte[] document = Encoding.UTF8.GetBytes(FullExample.Json);
        for (int length = 0; length < document.Length - 1; length += 7)
        {
            SpecDocument<RuntimeSpec> read = SpecReader.Read(document.AsSpan(0, length));
            Assert.True(read.Failed);
            Assert.Contains(read.Findings, static finding => finding.Clause is "JsonSyntax" or "JsonUtf8");
        }
    }

    /// <summary>Whatever the bytes are, there are findings or a record, and never an exception.</summary>
    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "The seed makes a failure repeatable.")]
    public void Random_changes_of_bytes_never_throw()
    {
        byte[] original = Encoding.UTF8.GetBytes(FullExample.Json);
        var random = new Random(20_261_121);
        ReadOnlySpan<byte> likely = "{}[]\",:\\u0- 1eE+.ntf/\0\n\x7f\u00e9\ud7ff"u8;
        var clock = Stopwatch.StartNew();
        int refused = 0;
        int rounds = 0;
        for (; rounds <= 200 || (rounds < 4000 && clock.Elapsed < TimeSpan.FromSeconds(2)); rounds++)
        {
            var bytes = new List<byte>(original);
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(bytes.Count);
                byte value = random.Next(2) == 0 ? likely[random.Next(likely.Length)] : (byte)random.Next(256);
                switch (random.Next(4))
                {
                    case 0:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                        break;
                    case 1:
                        bytes.Insert(at, value);
                        break;
                    case 2:
                        bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), random.Next(1, 200)));
                        break;
                    default:
                        bytes[at] = value;
                        break;
                }
            }

            SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(bytes.ToArray());
            refused += read.Failed ? 1 : 0;
            Assert.All(read.Findings, static finding => Assert.True(finding.Line > 0 && finding.Column > 0, finding.ToString()));
            Assert.Equal(read.Failed, read.Findings.Any(static finding => !finding.IsWarning));
        }

        Assert.InRange(refused, rounds / 2, rounds);
    }

    private static void Syntax(string document, string place, string message)
    {
        var marked = new Marked(document);
        SpecDocument<RuntimeSpec> read = SpecReader.Read(marked.Bytes);
        Assert.Equal(new Finding("JsonSyntax", place, message, marked.Line, marked.Column), read.Findings.Single(static finding => finding.Clause == "JsonSyntax"));
        Assert.True(read.Failed);
    }
}
