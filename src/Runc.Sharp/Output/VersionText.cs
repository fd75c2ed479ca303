namespace Runc.Sharp.Output;

/// <summary>What <c>--version</c> prints. Docker and containerd read it.</summary>
internal static class VersionText
{
    internal static string For(string program) =>
        string.Concat(program + " version " + BuildStamp.Version, "\ncommit: " + BuildStamp.Commit, "\nspec: " + SpecVersion.Text, "\n");
}
