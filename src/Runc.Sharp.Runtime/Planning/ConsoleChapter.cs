using System.Runtime.InteropServices;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>process.terminal: a pseudoterminal of the container's own devpts, its slave side as /dev/console and standard streams. CVE-2025-52565.</summary>
internal static class ConsoleChapter
{
    internal static void Add(PlanContext context)
    {
        if (context.Process is not { Terminal: true } process)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister master = plan.NewRegister();
        PlanRegister slave = plan.NewRegister();
        plan.At("/process/terminal");

        // A container that runs is the root by now; one that is made lies below a descriptor.
        PlanArg root = context.Joins ? AT_FDCWD : context.Root;
        string name = context.Joins ? "/dev/pts/ptmx" : "dev/pts/ptmx";
        ulong resolve = context.Joins ? RESOLVE_NO_MAGICLINKS : RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        plan.Call("open", "/dev/pts/ptmx", Sys.openat2, root, plan.Text(name), context.OpenHow(O_RDWR | O_NOCTTY, resolve), 24).Into(plan, master);
        plan.Do("take for a terminal multiplexer", "/dev/pts/ptmx", PlanCode.Check, master, S_IFCHR, Device(5, 2), DEVPTS_SUPER_MAGIC, (int)Errno.ENOTTY);
        plan.Call("unlock the terminal", null, Sys.ioctl, master, TIOCSPTLCK, plan.Room(8));

        // The peer by its master, not by a name that somebody may have put there.
        plan.Call("open the terminal", null, Sys.ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC).Into(plan, slave);
        if (process.ConsoleSize is { } size)
        {
            plan.At("/process/consoleSize");
            System.Span<ushort> window = [(ushort)size.Height, (ushort)size.Width, 0, 0];
            plan.Call("set the window size", null, Sys.ioctl, master, TIOCSWINSZ, plan.Bytes(MemoryMarshal.AsBytes(window)));
            plan.At("/process/terminal");
        }

        if (process.User is { } user && (user.Uid != 0 || user.Gid != 0))
        {
            plan.Call("give the terminal to the user", null, Sys.fchown, slave, (long)user.Uid, -1);
        }

        if (!context.Joins)
        {
            AttachConsole(context, slave);
        }

        Connect(context, master, slave);
    }

    private static void Connect(PlanContext context, PlanRegister master, PlanRegister slave)
    {
        PlanBuilder plan = context.Plan;
        plan.Do("send the terminal's master", null, PlanCode.SendDescriptor, (int)PlanStage.Console, master);
        context.SendsConsole = true;
        if (context.Joins)
        {
            // Init waits for its start anyway. What a program says before its terminal has its size and modes would come out spoilt.
            plan.Do("wait until the terminal was taken", null, PlanCode.Await, (int)PlanStage.Console, 0, 0);
        }

        plan.Call("make it the controlling terminal", null, Sys.ioctl, slave, TIOCSCTTY, 0);
        for (int stream = 0; stream < 3; stream++)
        {
            plan.Call("connect the standard streams", null, Sys.dup3, slave, stream, 0);
        }

        context.Close(master);
        context.Close(slave);
    }

    /// <summary>Made with mknod below an opened directory, never opened for writing: a link or fifo in its place is not followed. CVE-2026-88264.</summary>
    private static void AttachConsole(PlanContext context, PlanRegister slave)
    {
        PlanBuilder plan = context.Plan;
        plan.Call("make", "/dev/console", Sys.mknodat, context.Root, plan.Text("dev/console"), S_IFREG | 0x180, 0).Tolerating(plan, Errno.EEXIST);
        plan.Call("open the target", "/dev/console", Sys.openat2, context.Root, plan.Text("dev/console"), context.OpenHow(O_PATH | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), 24).Into(plan, context.Target);
        plan.Call("copy the terminal's mount", null, Sys.open_tree, slave, context.Empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH).Into(plan, context.Mount);
        context.Attach("/dev/console");
        context.Close(context.Mount);
        context.Close(context.Target);
    }
}
