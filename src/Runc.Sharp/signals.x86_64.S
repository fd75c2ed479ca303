# Blocks the signals of Signals.Held before the .NET runtime starts its finalizer thread, which inherits the mask: so no signal
# is ever delivered to that thread, and the main thread alone decides what becomes of one. Program.Main unblocks the main thread;
# `run` blocks it again and reads a signalfd. In assembly, because no managed code runs before that thread exists.

    .section .init_array, "aw"
    .balign 8
    .quad hold_signals

    .text
    .type hold_signals, @function
hold_signals:
    movl $14, %eax              # rt_sigprocmask
    xorl %edi, %edi             # SIG_BLOCK
    leaq held(%rip), %rsi
    xorl %edx, %edx
    movl $8, %r10d
    syscall
    ret
    .size hold_signals, . - hold_signals

    .section .rodata
    .balign 8
held:
    .quad 0xfffffffc7ffffb7f    # all but SIGFPE, SIGSEGV, 32, 33 and 34
    .section .note.GNU-stack, "", @progbits
