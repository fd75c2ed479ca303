# What C# cannot say: where the kernel enters, how to enter the kernel, and how to end without it.

    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp             # the outermost frame
    movq %rsp, %rdi             # argc, argv and envp lie here
    andq $-16, %rsp             # managed code uses aligned SSE stores
    call shim_main
    ud2
    .size _start, . - _start

# long raw_syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5)
    .globl raw_syscall
    .type raw_syscall, @function
    .balign 16
raw_syscall:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
    .size raw_syscall, . - raw_syscall

    .globl raw_trap
    .type raw_trap, @function
raw_trap:
    ud2
    .size raw_trap, . - raw_trap

# Checked by the compiler's prologues; there is no libc to own it.
    .section .rodata
    .globl __security_cookie
    .balign 8
__security_cookie:
    .quad 0x00000aff0d0a5bc3
    .section .note.GNU-stack, "", @progbits
