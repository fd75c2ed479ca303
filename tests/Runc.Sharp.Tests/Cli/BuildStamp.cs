namespace Runc.Sharp;

/// <summary>In place of what the build writes, so that snapshots do not change with it.</summary>
internal static class BuildStamp
{
    internal const string Version = "0.0.0";
    internal const string Commit = "0123456789ab";
}
