using Xunit;

namespace Runc.Sharp.Tests.Cli;

/// <summary>Times and sizes as people and Go programs write them.</summary>
public sealed class WordsOfNumbers
{
    [Theory]
    [InlineData("5s", 5_000_000_000)]
    [InlineData("0", 0)]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("0.5h", 1_800_000_000_000)]
    [InlineData("100ms", 100_000_000)]
    [InlineData("2µs", 2_000)]
    [InlineData("2us", 2_000)]
    [InlineData("7ns", 7)]
    [InlineData("-1s", -1_000_000_000)]
    [InlineData("+1s", 1_000_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("9999999999999h", 1L << 62)]
    public void A_duration_is_nanoseconds(string word, long nanoseconds) => Assert.Equal(nanoseconds, Durations.Parse(word));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1y")]
    [InlineData("1s ")]
    [InlineData(".s")]
    [InlineData("1..5s")]
    [InlineData("-")]
    [InlineData("1e3s")]
    public void A_word_without_number_or_unit_is_no_duration(string word) => Assert.Null(Durations.Parse(word));

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("512m", 512L << 20)]
    [InlineData("512M", 512L << 20)]
    [InlineData("512mb", 512L << 20)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("512 m", 512L << 20)]
    [InlineData("1.5g", 1536L << 20)]
    [InlineData("2t", 2L << 40)]
    [InlineData("1p", 1L << 50)]
    [InlineData("10b", 10)]
    [InlineData("9223372036854775", 9223372036854775)]
    public void A_size_is_bytes_and_a_thousand_has_1024(string word, long bytes) => Assert.Equal(bytes, Sizes.Parse(word));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1x")]
    [InlineData("1mm")]
    [InlineData("-5")]
    [InlineData("1m ")]
    [InlineData("1.m")]
    [InlineData(".5m")]
    [InlineData("9999999p")]
    [InlineData("0x10")]
    public void What_is_no_number_with_a_unit_is_no_size(string word) => Assert.Null(Sizes.Parse(word));
}
