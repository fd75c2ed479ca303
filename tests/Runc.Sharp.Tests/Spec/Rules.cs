using System;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Checks documents made of a good core and one part that is tried. The sign ¦ marks where a finding is expected.</summary>
internal static class Rules
{
    /// <summary>Namespaces of every kind, all new, with the mappings they need.</summary>
    internal const string AllNamespaces = """
        "namespaces":[{"type":"pid"},{"type":"network"},{"type":"mount"},{"type":"ipc"},{"type":"uts"},{"type":"user"},{"type":"cgroup"},{"type":"time"}],
        "uidMappings":[{"containerID":0,"hostID":100000,"size":65536}],"gidMappings":[{"containerID":0,"hostID":200000,"size":65536}]
        """;

    internal static string Document(string part) => """{"ociVersion":"1.3.0","root":{"path":"rootfs"},""" + "\n" + part + "}";

    internal static string Process(string part) => Document("""  "process":{"cwd":"/","args":["sh"],""" + part + "}");

    internal static string Linux(string part) => Document("\"linux\":{" + AllNamespaces + ",\n" + part + "}");

    internal static string Resources(string part) => Linux("\"resources\":{" + part + "}");

    internal static void Good(string document)
    {
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document));
        Assert.Empty(read.Findings);
        Assert.False(read.Failed);
    }

    internal static void Broken(string document, string clause, string place, string? message = null) => Only(document, clause, place, message, Severity.Error);

    internal static void Warned(string document, string clause, string place, string? message = null) => Only(document, clause, place, message, Severity.Warning);

    private static void Only(string document, string clause, string place, string? message, Severity severity)
    {
        bool isMarked = document.Contains('¦', StringComparison.Ordinal);
        var marked = new Marked(isMarked ? document : "¦" + document);
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(marked.Bytes);
        Finding finding = Assert.Single(read.Findings);
        Assert.Equal((clause, place, severity), (finding.Clause, finding.Pointer, finding.Severity));
        Assert.Equal(severity == Severity.Error, read.Failed);
        if (message is not null)
        {
            Assert.Equal(message, finding.Message);
        }

        if (isMarked)
        {
            Assert.Equal((marked.Line, marked.Column), (finding.Line, finding.Column));
        }
    }
}
