namespace Runc.Sharp;

/// <summary>The version of the runtime specification that csrunc follows.</summary>
internal static class SpecVersion
{
    internal const string Text = "1.3.0";
}
