using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Tests.Linux;

/// <summary>Signals in words.</summary>
public class SignalNames
{
    [Theory]
    [InlineData("9", 9)]
    [InlineData("0", 0)]
    [InlineData("64", 64)]
    [InlineData("KILL", 9)]
    [InlineData("SIGKILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("Usr1", 10)]
    [InlineData("CLD", 17)]
    [InlineData("SIGPOLL", 29)]
    [InlineData("IOT", 6)]
    [InlineData("RTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("rtmax-1", 63)]
    [InlineData("RTMAX", 64)]
    public void A_word_names_a_signal(string word, int expected)
    {
        Assert.True(Signals.TryParse(word, out int signal));
        Assert.Equal(expected, signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("+9")]
    [InlineData(" 9")]
    [InlineData("99999999999")]
    [InlineData("SIG")]
    [InlineData("SIGSIGTERM")]
    [InlineData("TERMINATE")]
    [InlineData("RTMIN+31")]
    [InlineData("RTMIN+")]
    [InlineData("RTMIN-1")]
    [InlineData("RTMAX+1")]
    [InlineData("AVERYLONGNAMEFORASIGNAL")]
    public void A_word_that_names_none_is_refused(string word) => Assert.False(Signals.TryParse(word, out _));

    [Fact]
    public void Every_name_parses_to_its_number()
    {
        for (int signal = 1; signal <= Signals.Last; signal++)
        {
            Assert.True(Signals.TryParse(Signals.Name(signal), out int parsed));
            Assert.Equal(signal, parsed);
        }
    }

    [Fact]
    public void A_set_holds_what_was_put_in()
    {
        SignalSet set = default(SignalSet).With(1).With(64).With(15).Without(15);
        Assert.True(set.Has(1) && set.Has(64));
        Assert.False(set.Has(15));
    }
}
