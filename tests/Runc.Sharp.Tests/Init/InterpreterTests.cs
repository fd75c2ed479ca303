using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Runc.Sharp.Init;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Xunit;

namespace Runc.Sharp.Tests.Init;

/// <summary>The shim's interpreter over a kernel that answers what the test says.</summary>
public unsafe class InterpreterTests
{
    private const int Control = 42;

    [Fact]
    public void Operations_are_played_in_order_and_results_go_where_the_plan_says()
    {
        var plan = new PlanBuilder();
        PlanRegister file = plan.NewRegister();
        plan.Call("open", "x", Sys.openat, KernelFlags.AT_FDCWD, plan.Text("x"), 7);
        plan.Into(file);
        plan.Call("close", null, Sys.close, file);
        List<Call> calls = Play(plan, static call => call.Number == Sys.openat ? 9 : 0, out int status);
        Assert.Equal(0, status);
        Assert.Equal([Sys.openat, Sys.close], calls.ConvertAll(static call => (int)call.Number));
        Assert.Equal(9, calls[1].A0);
    }

    [Fact]
    public void A_failure_at_each_operation_is_told_with_its_index_and_errno()
    {
        for (int failing = 0; failing < 5; failing++)
        {
            var plan = new PlanBuilder();
            for (int at = 0; at < 5; at++)
            {
                plan.Call("mkdir", null, Sys.mkdirat, at);
            }

            List<Call> calls = Play(plan, call => call.Number == Sys.mkdirat && call.A0 == failing ? -(long)Errno.EACCES : 0, out int status);
            Assert.Equal(1, status);
            Assert.Equal(failing + 2, calls.Count); // those before, itself, and the message
            PlanMessage message = calls[^1].Message;
            Assert.Equal((int)PlanStage.Failed, message.Stage);
            Assert.Equal(failing, message.Operation);
            Assert.Equal((long)Errno.EACCES, message.Value);
        }
    }

    [Fact]
    public void A_tolerated_errno_jumps_and_another_does_not()
    {
        var plan = new PlanBuilder();
        int skipping = plan.Call("open", null, Sys.openat);
        plan.Tolerate(Errno.ENOENT);
        plan.Call("skipped", null, Sys.mkdirat);
        plan.JumpFrom(skipping);
        plan.Call("reached", null, Sys.umask);
        Assert.Equal([Sys.openat, Sys.umask], Play(plan, static call => call.Number == Sys.openat ? -(long)Errno.ENOENT : 0, out _).ConvertAll(static call => (int)call.Number));
        Play(plan, static call => call.Number == Sys.openat ? -(long)Errno.EPERM : 0, out int status);
        Assert.Equal(1, status);
    }

    [Fact]
    public void An_interrupted_call_is_made_again()
    {
        var plan = new PlanBuilder();
        plan.Call("open", null, Sys.openat);
        int tries = 0;
        Play(plan, _ => ++tries < 3 ? -(long)Errno.EINTR : 0, out int status);
        Assert.Equal(0, status);
        Assert.Equal(3, tries);
    }

    [Fact]
    public void Pointers_in_the_data_are_relocated()
    {
        var plan = new PlanBuilder();
        PlanData list = plan.Pointers([plan.Text("first"), plan.Text("second")]);
        plan.Call("exec", null, Sys.execve, list);
        string? second = null;
        Play(plan, call => { second = Marshal.PtrToStringUTF8(((nint*)call.A0)[1]); return 0; }, out _);
        Assert.Equal("second", second);
    }

    [Fact]
    public void A_plan_of_another_version_or_cut_short_is_refused()
    {
        byte[] plan = Encode(new PlanBuilder());
        long* registers = stackalloc long[PlanHeader.Registers];
        fixed (byte* bytes = plan)
        {
            Interpreter<FakeKernel> interpreter = default;
            Assert.Equal(0, interpreter.Load(bytes, plan.Length, registers));
            Assert.True(interpreter.Load(bytes, plan.Length - 1, registers) < 0);
            bytes[4]++;
            Assert.True(interpreter.Load(bytes, plan.Length, registers) < 0);
        }
    }

    [Fact]
    public void Where_the_host_is_gone_the_shim_ends_without_a_word()
    {
        var plan = new PlanBuilder();
        plan.Do("wait", null, PlanCode.Await, (int)PlanStage.Ready, 0, 0);
        plan.Call("exec", null, Sys.execve);
        List<Call> calls = Play(plan, static _ => 0, out int status); // recvmsg answers 0: end of file
        Assert.Equal(1, status);
        Assert.Single(calls);
    }

    [Fact]
    public void A_gate_gives_back_the_pages_played_and_keeps_what_the_rest_points_to()
    {
        const int page = 4096;
        var plan = new PlanBuilder();
        for (int at = 0; at < 1000; at++)
        {
            plan.Call("mkdir", null, Sys.mkdirat, KernelFlags.AT_FDCWD, plan.Text($"a directory with a rather long name, number {at}"));
        }

        PlanData early = plan.Text("kept: the program's arguments point here");
        PlanData late = plan.Here;
        PlanData list = plan.Pointers([early, plan.Text("second")]);
        int gate = plan.Do("wait", null, PlanCode.Gate, 77);
        plan.Call("exec", null, Sys.execve, list);
        plan.ReleaseBefore(gate, late);
        string? first = null;
        long argument = 0;
        List<Call> calls = Play(
            plan,
            call =>
            {
                if (call.Number == Sys.execve)
                {
                    argument = *(nint*)call.A0;
                    first = Marshal.PtrToStringUTF8((nint)argument);
                }

                return call.Number == Number.accept4 ? 5 : 0;
            },
            out int status);
        Assert.Equal(0, status);
        Assert.StartsWith("kept", first, StringComparison.Ordinal);
        List<Call> unmapped = calls.FindAll(static call => call.Number == Number.munmap);
        Assert.Equal(2, unmapped.Count);
        Assert.All(unmapped, static call => Assert.True(call.A0 % page == 0 && call.A1 % page == 0 && call.A1 > 8 * page));
        Assert.True(unmapped[0].A0 + unmapped[0].A1 <= unmapped[1].A0, "the operations stand before the data");
        Assert.InRange(argument - (unmapped[1].A0 + unmapped[1].A1), 0, page - 1); // up to the page of what is needed, and no further
        Assert.True(calls.FindIndex(static call => call.Number == Number.madvise) < calls.FindIndex(static call => call.Number == Number.accept4));
    }

    [Fact]
    public void A_gate_without_a_place_gives_nothing_back()
    {
        var plan = new PlanBuilder();
        plan.Do("wait", null, PlanCode.Gate, 77);
        Assert.Equal(Number.accept4, Assert.Single(Play(plan, static _ => 5, out _)).Number);
    }

    [Fact]
    public void Ids_are_mapped_by_the_namespace_of_a_helper_that_ends_when_its_pipe_does()
    {
        PlanBuilder plan = MapIds();
        List<string> paths = [];
        ulong[] attributes = [];
        List<Call> calls = Play(
            plan,
            call =>
            {
                if (call.Number == Number.openat)
                {
                    paths.Add(Marshal.PtrToStringUTF8((nint)call.A1)!);
                }

                if (call.Number == Number.mount_setattr)
                {
                    attributes = new ReadOnlySpan<ulong>((void*)call.A3, 4).ToArray();
                }

                return call.Number switch { Number.clone3 => 1234567, Number.openat => 30 + paths.Count, _ => 0 };
            },
            out int status);
        Assert.Equal(0, status);
        Assert.Equal(["/proc/1234567/uid_map", "/proc/1234567/gid_map", "/proc/1234567/ns/user"], paths);
        Assert.Equal([0x100000UL, 0UL, 0UL, 33UL], attributes);
        int waits = calls.FindIndex(static call => call.Number == Number.wait4);
        Assert.True(waits > 0 && calls[waits - 1].Number == Number.close, "the pipe is closed before the helper is waited for");
    }

    [Fact]
    public void Wherever_the_mapping_fails_the_errno_is_told_and_the_helper_reaped()
    {
        int made = Play(MapIds(), static call => call.Number == Number.clone3 ? 77 : 5, out _).Count;
        int failed = 0;
        for (int failing = 0; failing < made; failing++)
        {
            int at = 0;
            List<Call> calls = Play(MapIds(), call => at++ == failing ? -(long)Errno.EACCES : call.Number == Number.clone3 ? 77 : 5, out int status);
            bool matters = calls[failing].Number is not (Number.close or Number.wait4);
            Assert.Equal(matters ? 1 : 0, status);
            failed += status;
            Assert.Equal(calls.Exists(static call => call.Number == Number.clone3) && calls[failing].Number != Number.clone3, calls.Exists(static call => call.Number == Number.wait4));
        }

        Assert.Equal(8, failed); // pipe2, clone3, two files opened and written, the namespace opened, mount_setattr
    }

    [Fact]
    public void A_failed_hook_is_told_with_its_status_and_the_last_words_of_both_streams()
    {
        int rounds = 0;
        PlanMessage message = FollowHook(
            entries =>
            {
                bool ended = ++rounds == 6;
                entries[0].Returned = (short)(ended ? 1 : 0);
                entries[1].Returned = (short)(ended ? 0 : 1);
                entries[2].Returned = (short)(rounds == 2 ? 1 : 0);
                return 1;
            },
            out byte[] words);
        Assert.Equal((long)Errno.ECANCELED, message.Value);
        Assert.Equal(0x100, (int)message.Extra);
        Assert.Equal(PlanMessage.TextRoom, message.Extra >> 32);
        Assert.Equal(new string('d', 4096 - 3000) + new string('e', 3000) + "oops", Encoding.ASCII.GetString(words));
    }

    [Fact]
    public void A_hook_that_takes_too_long_is_killed_and_told_with_its_last_words()
    {
        int rounds = 0;
        PlanMessage message = FollowHook(
            entries =>
            {
                entries[2].Returned = 1;
                return rounds++ == 0 ? 1 : 0;
            },
            out byte[] words);
        Assert.Equal((long)Errno.ETIME, message.Value);
        Assert.Equal("oops", Encoding.ASCII.GetString(words));
    }

    private delegate long Poll(PollEntry* entries);

    /// <summary>A hook that says 3000 bytes of one letter at a time on its standard output, "oops" on its standard error, and fails.</summary>
    private static PlanMessage FollowHook(Poll poll, out byte[] words)
    {
        const int output = 20;
        const int errors = 22;
        var plan = new PlanBuilder();
        plan.Call("before", null, Sys.umask);
        plan.Do("hook", "/x", PlanCode.Hook, plan.Text("/x"), 0, 0, 0, 0, 1000);
        int pipes = 0;
        byte letter = (byte)'a';
        List<Call> calls = Play(
            plan,
            call =>
            {
                switch (call.Number)
                {
                    case Number.pipe2:
                        ((int*)call.A0)[0] = pipes == 0 ? output : errors;
                        ((int*)call.A0)[1] = pipes++ == 0 ? output + 1 : errors + 1;
                        return 0;
                    case Number.clone3:
                        return 77;
                    case Number.ppoll:
                        return call.A1 == 3 ? poll((PollEntry*)call.A0) : 0;
                    case Number.read when call.A0 == output:
                        new Span<byte>((void*)call.A1, 3000).Fill(letter++);
                        Assert.True(call.A2 >= 3000);
                        return 3000;
                    case Number.read:
                        "oops"u8.CopyTo(new Span<byte>((void*)call.A1, 4));
                        return 4;
                    case Number.wait4:
                        *(int*)call.A1 = 1 << 8;
                        return 77;
                    default:
                        return 5;
                }
            },
            out int status);
        Assert.Equal(1, status);
        Call told = calls.FindLast(static call => call.Message.Stage != 0)!;
        Assert.Equal((int)PlanStage.Failed, told.Message.Stage);
        Assert.Equal(1, told.Message.Operation);
        words = told.Words;
        return told.Message;
    }

    private static PlanBuilder MapIds()
    {
        var plan = new PlanBuilder();
        plan.Do("map", null, PlanCode.MapIds, 9, 0x1000, plan.Text("0 1 1\n"), 6, plan.Text("0 2 1\n"), 6);
        return plan;
    }

    private static byte[] Encode(PlanBuilder plan) => plan.Encode(Control);

    private static List<Call> Play(PlanBuilder plan, Func<Call, long> answer, out int status)
    {
        var calls = new List<Call>();
        FakeKernel.Answer = answer;
        FakeKernel.Calls = calls;
        byte[] encoded = Encode(plan);
        long* registers = stackalloc long[PlanHeader.Registers];
        fixed (byte* bytes = encoded)
        {
            Interpreter<FakeKernel> interpreter = default;
            Assert.Equal(0, interpreter.Load(bytes, encoded.Length, registers));
            status = interpreter.Play();
        }

        return calls;
    }

    internal sealed record Call(long Number, long A0, long A1, long A2, long A3, PlanMessage Message, byte[] Words);

    internal struct FakeKernel : IKernel
    {
        [ThreadStatic]
        internal static Func<Call, long>? Answer;

        [ThreadStatic]
        internal static List<Call>? Calls;

        readonly long IKernel.Call(long number, long a0, long a1, long a2, long a3, long a4, long a5)
        {
            bool told = number == 1 && a0 == Control;
            byte[] words = told ? new ReadOnlySpan<byte>((byte*)a1 + sizeof(PlanMessage), (int)a2 - sizeof(PlanMessage)).ToArray() : [];
            var call = new Call(number, a0, a1, a2, a3, told ? *(PlanMessage*)a1 : default, words);
            Calls!.Add(call);
            return call.Message.Stage != 0 ? 0 : Answer!(call);
        }
    }
}
