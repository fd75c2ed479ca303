using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Runc.Sharp;

// Each reads its value off its words. The library's own conversion, by the type of the value, would bring reflection into the program, and with it
// a third of what the start of csrunc costs: Trimming.xml takes it out, so that it must not be reached.

/// <summary>An option that takes one word.</summary>
internal sealed class TextOption : Option<string>
{
    internal TextOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.ExactlyOne;
        CustomParser = Values.One;
    }

    /// <summary>The word; null where the option is not given.</summary>
    internal string? In(ParseResult parsed) => parsed.GetResult(this) is { Tokens: [.., Token last] } ? last.Value : null;
}

/// <summary>An option that may be given several times, each time with one word.</summary>
internal sealed class TextsOption : Option<string>
{
    internal TextsOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.OneOrMore;
        CustomParser = Values.One;
    }

    /// <summary>The words, none where the option is not given.</summary>
    internal ImmutableArray<string> In(ParseResult parsed) => Values.Of(parsed.GetResult(this)?.Tokens);
}

/// <summary>An option that takes a number, as <see cref="Numbers"/> reads it.</summary>
internal sealed class NumberOption : Option<string>
{
    internal NumberOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.ExactlyOne;
        CustomParser = Values.Number;
    }

    /// <summary>The number, or the nearest of 32 bits; null where the option is not given.</summary>
    internal int? In(ParseResult parsed) =>
        parsed.GetResult(this) is { Tokens: [.., Token last] } && Numbers.Read(last.Value) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;
}

/// <summary>An option that is true when it is given, unless <c>=false</c> stands behind it.</summary>
internal sealed class FlagOption : Option<bool>
{
    internal FlagOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.ZeroOrOne;
        CustomParser = Values.Truth;
    }

    /// <summary>Whether it is given and true.</summary>
    internal bool In(ParseResult parsed) => Given(parsed) ?? false;

    /// <summary>Its value; null where it is not given.</summary>
    internal bool? Given(ParseResult parsed) => parsed.GetResult(this) switch
    {
        null or { Implicit: true } => null,
        { Tokens: [.., Token last] } => bool.Parse(last.Value),
        _ => true,
    };
}

/// <summary>A word of the verb's own: a container's id, a file.</summary>
internal sealed class Operand : Argument<string>
{
    internal Operand(string name, bool optional = false) : base(name)
    {
        Arity = ArgumentArity.ZeroOrOne; // that one is missing is told by CommandLine
        CustomParser = Values.Any;
        IsOptional = optional;
    }

    /// <summary>Whether the verb does without it.</summary>
    internal bool IsOptional { get; }

    /// <summary>Whether it must be given, and is not.</summary>
    internal bool IsMissing(ParseResult parsed) => !IsOptional && parsed.GetResult(this) is not { Tokens.Count: > 0 };

    /// <summary>The word; empty where it is not given.</summary>
    internal string In(ParseResult parsed) => parsed.GetResult(this) is { Tokens: [Token word, ..] } ? word.Value : string.Empty;
}

/// <summary>The words behind the verb's own operands.</summary>
internal sealed class Operands : Argument<string>
{
    internal Operands(string name) : base(name)
    {
        Arity = ArgumentArity.ZeroOrMore;
        CustomParser = Values.Any;
    }

    /// <summary>The words.</summary>
    internal ImmutableArray<string> In(ParseResult parsed) => Values.Of(parsed.GetResult(this)?.Tokens);
}

/// <summary>What the parser asks of a value: only whether it can be one. <see cref="CommandLine"/> finds the sentence for what is missing.</summary>
file static class Values
{
    internal static string Any(ArgumentResult result) => string.Empty;

    internal static string One(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            result.AddError("a word is missing");
        }

        return string.Empty;
    }

    internal static string Number(ArgumentResult result)
    {
        if (result.Tokens is not [.., Token last] || Numbers.Read(last.Value) is null)
        {
            result.AddError("must be a number");
        }

        return string.Empty;
    }

    internal static bool Truth(ArgumentResult result)
    {
        if (result.Tokens is [.., Token last] && !bool.TryParse(last.Value, out _))
        {
            result.AddError("must be true or false");
        }

        return true;
    }

    internal static ImmutableArray<string> Of(IReadOnlyList<Token>? tokens)
    {
        var words = ImmutableArray.CreateBuilder<string>(tokens?.Count ?? 0);
        for (int i = 0; i < words.Capacity; i++)
        {
            words.Add(tokens![i].Value);
        }

        return words.MoveToImmutable();
    }
}
