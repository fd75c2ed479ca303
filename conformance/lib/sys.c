// sys NAME|NUMBER [ARGUMENT...] - makes one system call and prints what it returned, or the name of its errno.
// An argument is a number, or a string that is passed by address. Static, for the root file system of the tests.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  const char *name;
  long number;
} known[] = {
    {"bpf", SYS_bpf},           {"clone3", SYS_clone3},       {"getpid", SYS_getpid},           {"getppid", SYS_getppid},
    {"getpriority", SYS_getpriority}, {"keyctl", SYS_keyctl}, {"mkdirat", SYS_mkdirat},         {"mount", SYS_mount},
    {"personality", SYS_personality}, {"prctl", SYS_prctl},   {"ptrace", SYS_ptrace},           {"setpriority", SYS_setpriority},
    {"socket", SYS_socket},     {"umask", SYS_umask},         {"unshare", SYS_unshare},         {"setuid", SYS_setuid},
    {"kill", SYS_kill},         {"getuid", SYS_getuid},       {"openat2", SYS_openat2},         {"getsid", SYS_getsid},
};

static long word(const char *text) {
  char *end;
  long value = (long)strtoull(text, &end, 0);
  return *text && !*end ? value : (long)text;
}

int main(int count, char **words) {
  if (count < 2) return 2;
  long number = -1, arguments[6] = {0};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i].name, words[1])) number = known[i].number;
  if (number < 0) number = strtol(words[1], NULL, 0);
  for (int i = 2; i < count && i < 8; i++) arguments[i - 2] = word(words[i]);
  errno = 0;
  long value = syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
  if (value == -1 && errno)
    puts(strerrorname_np(errno) ? strerrorname_np(errno) : "?");
  else
    printf("%ld\n", value);
  return 0;
}
