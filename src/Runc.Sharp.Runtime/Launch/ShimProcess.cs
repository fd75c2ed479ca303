using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Planning;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Starts the shim with a plan and the descriptors that the plan speaks of.</summary>
internal static class ShimProcess
{
    /// <summary>Starts the shim; its pid is of no use but to be reaped: init is its child's number.</summary>
    /// <param name="planned">What to play.</param>
    /// <param name="control">The shim's end of the control socket.</param>
    /// <param name="gate">The listening socket; null where create and start are one.</param>
    /// <param name="root">The detached mount of the root; null where there is no mount namespace.</param>
    /// <param name="others">Namespaces and sources, in the order of <see cref="ShimDescriptors"/>.</param>
    internal static int Start(PlannedContainer planned, OwnedFd control, OwnedFd? gate, OwnedFd? root, IReadOnlyList<OwnedFd> others)
    {
        ShimDescriptors numbers = planned.Descriptors;

        // What our caller left open is not for the shim: a program named /proc/self/fd/16/bin/sh would be the host's. CVE-2024-21626.
        Files.CloseRange((uint)numbers.First, uint.MaxValue, onExec: true).OrThrow();
        using OwnedFd image = ShimImage.Create();
        using OwnedFd plan = Files.MemfdCreate("plan", MemfdFlags.NoExecSeal).OrThrowUnless(Errno.EINVAL) ?? Files.MemfdCreate("plan", MemfdFlags.None).OrThrow();
        Files.WriteAll(plan, planned.Builder.Encode(numbers.Control)).OrThrow();

        var mappings = new List<FdMapping>(8 + others.Count);
        for (int kept = 3; kept < numbers.First; kept++)
        {
            mappings.Add(new FdMapping(OwnedFd.Borrow(kept), kept));
        }

        mappings.Add(new FdMapping(control, numbers.Control));
        mappings.Add(new FdMapping(plan, numbers.Plan));
        if (gate is not null)
        {
            mappings.Add(new FdMapping(gate, numbers.Gate));
        }

        if (root is not null)
        {
            mappings.Add(new FdMapping(root, numbers.Root));
        }

        for (int at = 0; at < others.Count; at++)
        {
            mappings.Add(new FdMapping(others[at], numbers.Namespace(at)));
        }

        ReadOnlySpan<CPath> arguments = ["csrunc-init", numbers.Plan.ToString(CultureInfo.InvariantCulture)];
        return Processes.Spawn(
            CPath.OfDescriptor(image),
            arguments,
            [],
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(mappings)).OrThrow();
    }
}
