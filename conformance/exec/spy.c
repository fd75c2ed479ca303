// Looks without a pause at all other processes of its pid namespace, and prints once each what it can see of those whose
// program is none of its own root: links out of the container, descriptors, memory. Prints "watching" first.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

static char seen[256][600];
static int count;

static void tell(const char *what, const char *link) {
  char line[600];
  snprintf(line, sizeof line, "%s %.500s", what, link);
  for (int i = 0; i < count; i++)
    if (!strcmp(seen[i], line)) return;
  if (count < 256) strcpy(seen[count++], line);
  puts(line);
  fflush(stdout);
}

// Whether this is a file of the container, that one of its processes may open anyway.
static int own(int taken, const char *link) {
  struct stat it, mine;
  return !fstat(taken, &it) && !stat(link, &mine) && it.st_dev == mine.st_dev && it.st_ino == mine.st_ino;
}

static int look(const char *pid, const char *name, char *link) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
  long length = readlink(path, link, 500);
  if (length < 0) return 0;
  link[length] = 0;
  return 1;
}

static void visit(const char *pid) {
  char link[501], path[300], byte;
  if (look(pid, "exe", link) && strncmp(link, "/bin/", 5)) {
    tell("exe", link);
    snprintf(path, sizeof path, "/proc/%s/mem", pid);
    int memory = open(path, O_RDWR);
    if (memory >= 0) tell("mem", link);
    close(memory);
    snprintf(path, sizeof path, "/proc/%s/environ", pid);
    int environment = open(path, O_RDONLY);
    if (environment >= 0 && read(environment, &byte, 1) == 1) tell("environ", link);
    close(environment);
    snprintf(path, sizeof path, "/proc/%s/exe", pid);
    int program = open(path, O_WRONLY);
    // Of a sealed file the opening alone may succeed.
    if (program >= 0 && pwrite(program, "", 1, 0) == 1) tell("writable", link);
    close(program);
  }
  if (look(pid, "root", link) && strcmp(link, "/")) tell("root", link);
  if (look(pid, "cwd", link) && strcmp(link, "/")) tell("cwd", link);
  snprintf(path, sizeof path, "/proc/%s/fd", pid);
  DIR *fds = opendir(path);
  for (struct dirent *entry; fds && (entry = readdir(fds));) {
    char name[280];
    snprintf(name, sizeof name, "fd/%s", entry->d_name);
    if (strtol(entry->d_name, 0, 10) <= 2) continue;
    // Taken, not only read: it may be gone the next moment.
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    int taken = open(path, O_PATH);
    struct statfs system;
    snprintf(name, sizeof name, "fd/%d", taken);
    if (taken >= 0 && look("self", name, link) && link[0] == '/') {
      // Its own cgroup by a mount that begins there and cannot be written is no way out.
      int cgroup = !fstatfs(taken, &system) && system.f_type == 0x63677270;
      if (cgroup ? !(system.f_flags & ST_RDONLY) || strcmp(link, "/") : !own(taken, link)) tell("fd", link);
    }
    close(taken);
  }
  if (fds) closedir(fds);
}

int main(void) {
  char self[20];
  snprintf(self, sizeof self, "%d", getpid());
  puts("watching");
  fflush(stdout);
  for (;;) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes));)
      if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && strcmp(entry->d_name, "1") && strcmp(entry->d_name, self)) visit(entry->d_name);
    closedir(processes);
  }
}
