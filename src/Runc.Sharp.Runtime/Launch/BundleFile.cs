using System;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>A bundle as found: its directory, its document, its root.</summary>
internal sealed class BundleFile : IDisposable
{
    private BundleFile(OwnedFd directory, string path, DocumentText text, RuntimeSpec spec)
    {
        Directory = directory;
        Path = path;
        Text = text;
        Spec = spec;
    }

    internal OwnedFd Directory { get; }

    /// <summary>The bundle's absolute path.</summary>
    internal string Path { get; }

    /// <summary>The document as it was written.</summary>
    internal DocumentText Text { get; }

    internal RuntimeSpec Spec { get; private set; }

    /// <summary>The process object as it was written; empty where there is none.</summary>
    internal ReadOnlyMemory<byte> ProcessText
    {
        get
        {
            (int start, int length) = SpecText.Of(Text.Bytes.Span, "process"u8);
            return Text.Bytes.Slice(start, length);
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
            throw new LinuxException(opened.Result.About(System.IO.Path.Combine(path, name)));
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

        ReadOnlyMemory<byte> document = Files.ReadAll(file, SpecReader.MaxBytes, (int)status.Size + 1).OrThrow();
        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(document.Span);
        if (read.Failed)
        {
            throw new RuntimeException(DocumentText.Sentence(name, read));
        }

        foreach (Finding finding in read.Findings)
        {
            // These two are told where they are left out, once for each name and with the machine's own reason.
            if (finding.Clause is not ("LinuxProcCapError" or "MemoryKernelDeprecated"))
            {
                warn(DocumentText.Sentence(name, finding));
            }
        }

        return new BundleFile(directory, path, new DocumentText(name, document), read.Value!);
    }

    /// <summary>Adds the notification socket to what the document asks.</summary>
    internal void AddNotifySocket(string container) => Spec = NotifySocket.Ask(Spec, container);

    /// <summary>Looks at the machine, and plans the container. What cannot be done is told with its place in the text.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="startsAtOnce">The program need not wait to be started.</param>
    /// <param name="cloned">As of <see cref="MachineFacts.Gather"/>.</param>
    internal (MachineFacts Facts, PlannedContainer Planned) Plan(CreateRequest request, bool startsAtOnce, bool cloned = true)
    {
        try
        {
            MachineFacts facts = MachineFacts.Gather(Spec, Path, request.Globals, request.Id, cloned);
            return (facts, Planner.Plan(Spec, Birth.PlanRequest(request, this, startsAtOnce), facts.Host));
        }
        catch (RuntimeException refusal) when (!refusal.Refusals.IsEmpty)
        {
            throw Text.Located(refusal);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();
}
