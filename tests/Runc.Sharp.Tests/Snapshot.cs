using System;
using System.IO;
using Xunit;

namespace Runc.Sharp.Tests;

/// <summary>
/// A text that is compared byte for byte with the file that was accepted. <c>make snapshots</c> (UPDATE_SNAPSHOTS=1) accepts what the
/// tests get now; what it changes is reviewed as code.
/// </summary>
internal static class Snapshot
{
    internal static void Matches(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(file, actual);
            return;
        }

        Assert.True(File.Exists(file), file + " is missing: make snapshots");
        string expected = File.ReadAllText(file);
        if (expected != actual)
        {
            Assert.Fail(FirstDifference(file, expected.Split('\n'), actual.Split('\n')));
        }
    }

    private static string FirstDifference(string file, string[] expected, string[] actual)
    {
        int line = 0;
        while (line < expected.Length && line < actual.Length && expected[line] == actual[line])
        {
            line++;
        }

        string was = line < expected.Length ? expected[line] : "(the end)";
        string got = line < actual.Length ? actual[line] : "(the end)";
        return $"{file}:{line + 1}: was\n  {was}\nis\n  {got}\n`make snapshots` accepts it";
    }
}
