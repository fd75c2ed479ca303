using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec;

/// <summary>Turns the bytes of a document into records, or into findings. Opens no file.</summary>
/// <remarks>
/// Stricter than Go's decoder, which engines use, where that one would guess: a key given twice and a key that differs from a known one
/// only in case are errors, since two programs could read them differently. As lenient as Go where the specification asks for it:
/// unknown keys are passed over (their text is checked all the same), and a property that is null counts as absent.
/// </remarks>
public static class SpecReader
{
    /// <summary>The largest document that is read, in bytes: 16 MiB. A larger one is one finding.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>How deep arrays and objects may nest, in known and in unknown properties. A deeper document is refused.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many elements of lists and entries of maps one document may have in all. A document with more is refused.</summary>
    public const int MaxValues = 1 << 18;

    /// <summary>How many findings are told; one more says that there are others.</summary>
    public const int MaxFindings = 100;

    /// <summary>Reads config.json. Spec: config.md.</summary>
    public static SpecDocument<RuntimeSpec> Read(ReadOnlySpan<byte> document) =>
        Finish(document, ReadDraft(document, RuntimeSpecReader.Read));

    /// <summary>Reads a process object, as <c>exec --process</c> takes one. Spec: config.md#process.</summary>
    public static SpecDocument<ProcessSpec> ReadProcess(ReadOnlySpan<byte> document) =>
        Finish(document, ReadDraft(document, ProcessSpecReader.Read));

    /// <summary>Reads a resources object, as <c>update --resources</c> takes one. Spec: config-linux.md#control-groups.</summary>
    public static SpecDocument<ResourcesSpec> ReadResources(ReadOnlySpan<byte> document) =>
        Finish(document, ReadDraft(document, ResourcesSpecReader.Read));

    /// <summary>Reads config.json and checks it by <see cref="SpecValidator"/>: all that is wrong comes at once, each with its place in the text.</summary>
    public static SpecDocument<RuntimeSpec> ReadAndValidate(ReadOnlySpan<byte> document) =>
        Validated(document, ReadDraft(document, RuntimeSpecReader.Read), SpecValidator.Validate);

    /// <summary>Reads a process object and checks it by <see cref="SpecValidator"/>.</summary>
    public static SpecDocument<ProcessSpec> ReadAndValidateProcess(ReadOnlySpan<byte> document) =>
        Validated(document, ReadDraft(document, ProcessSpecReader.Read), SpecValidator.Validate);

    /// <summary>Reads a resources object and checks it by <see cref="SpecValidator"/>.</summary>
    public static SpecDocument<ResourcesSpec> ReadAndValidateResources(ReadOnlySpan<byte> document) =>
        Validated(document, ReadDraft(document, ResourcesSpecReader.Read), SpecValidator.Validate);

    private static SpecDocument<T> Validated<T>(ReadOnlySpan<byte> document, in Draft<T> draft, Action<T, ImmutableArray<Finding>.Builder> validate)
        where T : class
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        if (draft.Value is not null)
        {
            validate(draft.Value, findings);
        }

        return Finish(document, draft, findings);
    }

    /// <summary>Reads a list of mounts and checks it by <see cref="SpecValidator"/>.</summary>
    public static SpecDocument<MountList> ReadAndValidateMounts(ReadOnlySpan<byte> document)
    {
        Draft<MountList> draft = ReadDraft(document, RuntimeSpecReader.Mounts);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        if (draft.Value is not null)
        {
            SpecValidator.Validate(draft.Value, findings);
        }

        return Finish(document, draft, findings);
    }

    private static Draft<T> ReadDraft<T>(ReadOnlySpan<byte> document, ValueReader<T> read)
        where T : class
    {
        var cursor = new SpecCursor(document);
        T? value = null;
        if (cursor.Begin())
        {
            value = read(ref cursor);
            cursor.End();
        }

        return new Draft<T>(cursor.Ended ? null : value, cursor.Faults, cursor.Broken);
    }

    /// <summary>Gives each fault its place. Nothing is computed where nothing is wrong.</summary>
    private static SpecDocument<T> Finish<T>(ReadOnlySpan<byte> document, in Draft<T> draft, ImmutableArray<Finding>.Builder? rules = null)
        where T : class
    {
        if (draft.Faults is null && !draft.Broken && rules is null or { Count: 0 })
        {
            return new SpecDocument<T> { Value = draft.Value, Findings = [] };
        }

        List<Finding> findings = FaultPlaces.Resolve(document, draft.Faults, draft.Broken);
        FaultPlaces.Merge(document, findings, rules);
        T? value = draft.Value;
        foreach (Finding finding in findings)
        {
            value = finding.IsWarning ? value : null;
        }

        return new SpecDocument<T> { Value = value, Findings = [.. findings] };
    }
}
