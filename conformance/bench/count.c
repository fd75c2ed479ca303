// count calls|instructions COMMAND WORD... - counts the system calls, or the instructions in user mode, of a command.
//
// All that it makes (processes, threads) counts until the command itself ends; what is left then, such as the init of a created
// container, is let go. Prints the count on descriptor 3; the exit status is the command's.
//
// Instructions are counted by stepping (ptrace), as virtual machines seldom have the hardware's counter and valgrind lacks the
// mount calls: 10 to 25 us each. A repeated string instruction counts once.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_TASKS = 4096 };

static struct task {
	pid_t pid;
	unsigned long long at; // where it last stood, so that a repeated instruction counts once
} tasks[MAX_TASKS];

static struct task *task_of(pid_t pid)
{
	for (int i = 0; i < MAX_TASKS; i++)
		if (tasks[i].pid == pid)
			return &tasks[i];
	for (int i = 0; i < MAX_TASKS; i++)
		if (!tasks[i].pid) {
			tasks[i] = (struct task){pid, 0};
			return &tasks[i];
		}
	errx(2, "more than %d tasks", MAX_TASKS);
}

static void let_go(void)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		int status;
		pid_t pid = tasks[i].pid;
		if (!pid || ptrace(PTRACE_INTERRUPT, pid, 0, 0))
			continue;
		if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, pid, 0, 0);
	}
}

static pid_t begin(char **command)
{
	const long options =
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) != pid)
		err(2, "fork");
	if (ptrace(PTRACE_SEIZE, pid, 0, options))
		err(2, "ptrace");
	kill(pid, SIGCONT);
	return pid;
}

// One more, if this stop is that of an instruction done or of a call begun.
static int counts(pid_t pid, struct task *task, int event, int signal, int steps)
{
	if (event == 0 && signal == SIGTRAP && steps) {
		unsigned long long at = ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), 0);
		int moved = at != task->at;
		task->at = at;
		return moved;
	}
	if (event == 0 && signal == (SIGTRAP | 0x80)) {
		struct __ptrace_syscall_info info = {0};
		ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
		return info.op == PTRACE_SYSCALL_INFO_ENTRY;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int steps = argc > 2 && !strcmp(argv[1], "instructions"), status, result;
	unsigned long long count = 0;
	int counting = 0;

	if (argc < 3 || (!steps && strcmp(argv[1], "calls")))
		errx(2, "usage: count calls|instructions COMMAND WORD...");
	// Both on one processor: waking a halted one costs more than the step.
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (steps)
		sched_setaffinity(0, sizeof one, &one);
	fcntl(3, F_SETFD, FD_CLOEXEC); // else a container that stays would hold it open
	pid_t command = begin(argv + 2);
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0)
			err(2, "waitpid");
		struct task *task = task_of(pid);
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			task->pid = 0;
			if (pid != command)
				continue;
			result = status;
			break;
		}
		int signal = WSTOPSIG(status), event = status >> 16;
		if (event == PTRACE_EVENT_EXEC)
			counting = 1; // what came before is this program's own
		count += counting && counts(pid, task, event, signal, steps);
		int own = event != 0 || (signal & ~0x80) == SIGTRAP;
		if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
			ptrace(PTRACE_LISTEN, pid, 0, 0);
		else
			ptrace(!counting ? PTRACE_CONT : steps ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, pid, 0, own ? 0 : signal);
	}
	let_go();
	dprintf(3, "%llu\n", count);
	return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}
