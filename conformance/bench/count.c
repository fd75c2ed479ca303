// count COMMAND WORD... - counts the system calls of a command.
//
// All that it makes (processes, threads) counts until the command itself ends; what is left then, such as the init of a created
// container, is let go. Prints the count on descriptor 3; the exit status is the command's.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_TASKS = 4096 };

static pid_t tasks[MAX_TASKS];

static pid_t *slot_of(pid_t pid)
{
	for (int i = 0; i < MAX_TASKS; i++)
		if (tasks[i] == pid)
			return &tasks[i];
	if (!pid)
		errx(2, "more than %d tasks", MAX_TASKS);
	pid_t *free = slot_of(0);
	*free = pid;
	return free;
}

static void let_go(void)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		int status;
		pid_t pid = tasks[i];
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

static int begins_call(pid_t pid)
{
	struct __ptrace_syscall_info info = {0};

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
	return info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

int main(int argc, char **argv)
{
	int status, result, counting = 0;
	unsigned long long count = 0;

	if (argc < 2)
		errx(2, "usage: count COMMAND WORD...");
	fcntl(3, F_SETFD, FD_CLOEXEC); // else a container that stays would hold it open
	pid_t command = begin(argv + 1);
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0)
			err(2, "waitpid");
		pid_t *slot = slot_of(pid);
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			*slot = 0;
			if (pid != command)
				continue;
			result = status;
			break;
		}
		int signal = WSTOPSIG(status), event = status >> 16;
		if (event == PTRACE_EVENT_EXEC)
			counting = 1; // what came before is this program's own
		count += counting && event == 0 && signal == (SIGTRAP | 0x80) && begins_call(pid);
		int own = event != 0 || (signal & ~0x80) == SIGTRAP;
		if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
			ptrace(PTRACE_LISTEN, pid, 0, 0);
		else
			ptrace(counting ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, own ? 0 : signal);
	}
	let_go();
	dprintf(3, "%llu\n", count);
	return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}
