using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>A bundle as found: its directory, its document, its root.</summary>
internal sealed class BundleFile : IDisposable
{
    private readonly byte[] _document;
    private readonly string _name;

    private BundleFile(OwnedFd directory, string path, string name, byte[] document, RuntimeSpec spec)
    {
        Directory = directory;
        Path = path;
        _name = name;
        _document = document;
        Spec = spec;
    }

    internal OwnedFd Directory { get; }

    /// <summary>The bundle's absolute path.</summary>
    internal string Path { get; }

    internal RuntimeSpec Spec { get; private set; }

    /// <summary>The process object as it was written; empty where there is none.</summary>
    internal ReadOnlyMemory<byte> ProcessText
    {
        get
        {
            (int start, int length) = SpecText.Of(_document, "process"u8);
            return _document.AsMemory(start, length);
        }
    }

    /// <summary>The absolute path of the root file system.</summary>
    internal string Rootfs => Spec.Root is { } root ? System.IO.Path.Join(root.Path.StartsWith('/') ? string.Empty : Path, root.Path) : string.Empty;

    /// <summary>Reads and checks the document. All that is wrong with it comes in one exception.</summary>
    /// <param name="bundle">The bundle's directory.</param>
    /// <param name="name">The document's name there.</param>
    /// <param name="warn">Is told what is strange but no reason to refuse it.</param>
    internal static BundleFile Open(string bundle, string name, Action<string> warn)
    {
        string path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(bundle));
        OwnedFd directory = Files.Open(path, OpenFlags.Directory | OpenFlags.Path).OrThrow();
        SyscallResult<OwnedFd> opened = Files.OpenAt(directory, name, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (opened.Failed)
        {
            throw new LinuxException(opened.Result.About(path.TrimEnd('/') + "/" + name));
        }

        using OwnedFd file = opened.Value;
        FileStatus status = Files.Fstat(file).OrThrow();
        if (status.Type != FileType.Regular)
        {
            throw new RuntimeException(name + " is not a regular file");
        }

        if (status.Size > SpecReader.MaxBytes)
        {
            throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"{name} is larger than {SpecReader.MaxBytes} bytes"));
        }

        byte[] document = Files.ReadAll(file, SpecReader.MaxBytes, (int)status.Size + 1).OrThrow().ToArray();
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(document);
        if (read.Failed)
        {
            throw new RuntimeException(Sentence(name, read));
        }

        foreach (Finding finding in read.Findings)
        {
            // These two are told where they are left out, once for each name and with the machine's own reason.
            if (finding.Clause is not ("LinuxProcCapError" or "MemoryKernelDeprecated"))
            {
                warn(Append(new StringBuilder(), name, finding).ToString());
            }
        }

        return new BundleFile(directory, path, name, document, read.Value!);
    }

    /// <summary>Adds the notification socket to what the document asks.</summary>
    internal void AddNotifySocket(string container) => Spec = NotifySocket.Ask(Spec, container);

    /// <summary>Plans the container. What the plan refuses is told with its place in the text, which only a refusal is worth looking for.</summary>
    internal PlannedContainer Plan(PlanRequest request, HostFacts facts)
    {
        try
        {
            return Planner.Plan(Spec, request, facts);
        }
        catch (RuntimeException refusal) when (!refusal.Findings.IsEmpty)
        {
            var text = new StringBuilder();
            foreach (Finding finding in refusal.Findings)
            {
                (int line, int column) = SpecPositions.Find(_document, finding.Pointer);
                Append(text.Append(text.Length == 0 ? string.Empty : "; "), _name, finding with { Line = line, Column = column });
            }

            throw new RuntimeException(text.ToString());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();

    /// <summary>All errors of a document in one sentence.</summary>
    internal static string Sentence<T>(string name, SpecDocument<T> read)
        where T : class
    {
        var text = new StringBuilder();
        foreach (Finding finding in read.Findings)
        {
            if (finding.IsWarning)
            {
                continue;
            }

            Append(text.Append(text.Length == 0 ? string.Empty : "; "), name, finding);
        }

        return text.ToString();
    }

    private static StringBuilder Append(StringBuilder text, string name, Finding finding)
    {
        text.Append(name);
        if (finding.Line is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $":{finding.Line}:{finding.Column}");
        }

        return text.Append(": ").Append(finding.Pointer.Length == 0 ? "the document" : finding.Pointer).Append(' ').Append(finding.Message);
    }
}
