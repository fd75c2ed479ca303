// The leak oracle: what a machine shows of containers, before and after each test.
//
//   leaks snapshot                   prints one line a fact
//   leaks check SNAPSHOT [SECONDS]   waits so long (30 s) for the same facts to hold again; prints what is new or lost, and fails
//   leaks clear SNAPSHOT DIR         ends and removes what check would report, and mounts below DIR
//
// TAG (part of every id and of the suite's own cgroup) tells the suite's things from those of other programs on the machine;
// with STRICT set, every cgroup counts but those below STRANGERS, a list of other programs' groups, with ':' between them. Processes that descend from SUITE_PID are the tests' own, and no leak.
// In C, as it runs twice a test, and the start of an interpreter takes a second where the processor is emulated.
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

struct list {
  char **at;
  size_t count, room;
};
static const char *tag, *folder, *strangers;
static char countdown[32];
static long suite;
static int strict;

static void *sure(void *memory) {
  if (!memory) err(2, "memory");
  return memory;
}

__attribute__((format(printf, 2, 3))) static void add(struct list *list, const char *format, ...) {
  va_list words;
  if (list->count == list->room) list->at = sure(realloc(list->at, (list->room = list->room * 2 + 64) * sizeof *list->at));
  va_start(words, format);
  if (vasprintf(&list->at[list->count++], format, words) < 0) err(2, "memory");
  va_end(words);
}

static void clean(struct list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->at[i]);
  free(list->at);
  *list = (struct list){0};
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static void sort(struct list *list) {
  if (list->count) qsort(list->at, list->count, sizeof *list->at, by_text);
}
static int starts(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

// What is in a file; of one that cannot be read, nothing. NUL bytes inside stay: *LENGTH, where it is asked, has all.
static char *slurp(const char *path, size_t *length) {
  size_t room = 4096, got = 0;
  char *text = sure(malloc(room));
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  for (ssize_t n = 1; fd >= 0 && n > 0;) {
    if (room - got < 2) text = sure(realloc(text, room *= 2));
    if ((n = read(fd, text + got, room - got - 1)) > 0) got += n;
  }
  if (fd >= 0) close(fd);
  text[got] = 0;
  if (length) *length = got;
  return text;
}
static char *line_of(char **rest) {
  char *line;
  while ((line = strsep(rest, "\n")) && !*line) continue;
  return line;
}
// Behind so many words.
static char *behind(char *line, int words) {
  for (; words > 0; words--) {
    line += strcspn(line, " ");
    line += strspn(line, " ");
  }
  return line;
}

static void add_mounts(struct list *list) {
  // Without the ids: they name an instance, not a fact. The suite has a mount namespace of its own: the runtime's "host".
  char *text = slurp("/proc/self/mountinfo", NULL), *rest = text, *line;
  while ((line = line_of(&rest))) add(list, "mount %s", behind(line, 2));
  free(text);
}

static int strange(const char *path) {
  const char *suite_of = strstr(path, "cft"); // another run of the suites beside this one: ../run
  if (suite_of && isdigit((unsigned char)suite_of[3]) && !strstr(path, tag)) return 1;
  for (const char *group = strangers; group && *group; group += strspn(group, ":")) {
    size_t length = strcspn(group, ":");
    if (!strncmp(path, group, length) && path[length] == '/') return 1;
    group += length;
  }
  return 0;
}

static void add_cgroup(struct list *list, int parent, const char *name, const char *path) {
  struct stat known;
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (strstr(path, tag) || (strict && !strange(path))) add(list, "cgroup %s", path);
  if (fd < 0) return; // gone meanwhile
  // The links of a cgroup's directory are two and one for each child: most have none, and a long list of files to go through.
  if (fstat(fd, &known) || known.st_nlink == 2) {
    close(fd);
    return;
  }
  DIR *dir = sure(fdopendir(fd));
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    char *child;
    if (asprintf(&child, "%s/%s", path, entry->d_name) < 0) err(2, "memory");
    add_cgroup(list, fd, entry->d_name, child);
    free(child);
  }
  closedir(dir);
}

static void add_cgroups(struct list *list) {
  struct list points = {0};
  char *text = slurp("/proc/self/mounts", NULL), *rest = text, *line;
  while ((line = line_of(&rest))) {
    char *point = behind(line, 1), *type = behind(line, 2);
    if (!starts(type, "cgroup ") && !starts(type, "cgroup2 ")) continue;
    add(&points, "%.*s", (int)strcspn(point, " "), point);
  }
  free(text);
  sort(&points);
  for (size_t i = 0; i < points.count; i++)
    if (!i || strcmp(points.at[i], points.at[i - 1])) add_cgroup(list, AT_FDCWD, points.at[i], points.at[i]);
  clean(&points);
}

static void add_nodes(struct list *list) {
  for (const char *const *name = (const char *const[]){"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", NULL}; *name; name++) {
    char path[64];
    struct stat s;
    snprintf(path, sizeof path, "/dev/%s", *name);
    if (stat(path, &s)) continue; // lost, if it was there
    add(list, "node %s %o %u:%u %u:%u", *name, s.st_mode, major(s.st_rdev), minor(s.st_rdev), s.st_uid, s.st_gid);
  }
}

// Each name in a folder: those that bear the tag, or all.
static void add_names(struct list *list, const char *kind, const char *path, int tagged) {
  DIR *dir = opendir(path);
  if (!dir) return;
  for (struct dirent *entry; (entry = readdir(dir));) {
    const char *name = entry->d_name;
    if (!strcmp(name, ".") || !strcmp(name, "..") || starts(name, "bats-run-") || (tagged && !strstr(name, tag))) continue;
    add(list, "%s %s/%s", kind, path, name);
  }
  closedir(dir);
}

static struct list facts(void) {
  struct list list = {0};
  char path[PATH_MAX];
  add_mounts(&list);
  add_cgroups(&list);
  add_nodes(&list);
  add_names(&list, "pty", "/dev/pts", 0);
  snprintf(path, sizeof path, "%s/tmp", folder);
  add_names(&list, "tmp", path, 0);
  for (const char *const *name = (const char *const[]){"/run", "/run/runc", "/run/crun", "/run/csrunc", "/tmp", "/dev/shm", NULL}; *name; name++)
    add_names(&list, "file", *name, 1);
  char *text = slurp("/proc/keys", NULL), *rest = text, *line;
  while ((line = line_of(&rest)))
    if (strstr(line, tag)) add(&list, "key %s", behind(line, 8));
  free(text);
  for (const char *const *name = (const char *const[]){"hostname", "domainname", "core_pattern", "shm_rmid_forced", "msgmax", "../vm/overcommit_memory", NULL}; *name; name++) {
    snprintf(path, sizeof path, "/proc/sys/kernel/%s", *name);
    text = slurp(path, NULL);
    add(&list, "sysctl %s %.*s", *name, (int)strcspn(text, "\n"), text);
    free(text);
  }
  return list;
}

// of PID: its parent (0: it is gone), its state and its name. (proc(5), stat: the name stands in parentheses, and may hold some.)
static long of(long pid, char *state, char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  char *text = slurp(path, NULL), *start = strchr(text, '('), *end = strrchr(text, ')');
  long parent = 0;
  *state = '?';
  if (start && end) {
    sscanf(end + 1, " %c %ld", state, &parent);
    if (name) snprintf(name, 64, "%.*s", (int)(end - start - 1), start + 1);
  }
  free(text);
  return parent;
}

static char *words_of(long pid) {
  char path[64];
  size_t length;
  snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
  char *text = slurp(path, &length);
  for (size_t i = 0; i < length; i++)
    if (!text[i]) text[i] = i + 1 < length ? ' ' : 0;
  return text;
}

// Whether the process descends from the suite's script: bats, a test, or a helper of one.
// bats' own countdown of a test that ended at once may stay without a parent, or its sleep.
static int is_own(long pid) {
  char state;
  while (pid > 1) {
    if (pid == suite) return 1;
    char *words = words_of(pid);
    int own = strstr(words, "/bats-core/bats-exec-test") != NULL || !strcmp(words, countdown);
    free(words);
    if (own) return 1;
    pid = of(pid, &state, NULL);
  }
  return pid == 0; // gone meanwhile
}

// What a container or a runtime left behind: in a cgroup of the suite's, and nobody's child. True: there is one more, after *PID.
// A zombie is its parent's affair: either that one is reported, or it is the machine's init, which may be slow.
static int next_process(DIR *proc, long *pid) {
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (!isdigit((unsigned char)*entry->d_name)) continue;
    char path[64], state;
    *pid = strtol(entry->d_name, NULL, 10);
    snprintf(path, sizeof path, "/proc/%ld/cgroup", *pid);
    char *text = slurp(path, NULL);
    int tagged = strstr(text, tag) != NULL;
    free(text);
    if (!tagged) continue;
    of(*pid, &state, NULL);
    if (state != 'Z' && !is_own(*pid)) return 1;
  }
  return 0;
}

static struct list differences(const struct list *before) { // sorted
  struct list now = facts(), found = {0};
  sort(&now);
  for (size_t b = 0, n = 0; b < before->count || n < now.count;) {
    const char *was = b < before->count ? before->at[b] : NULL, *is = n < now.count ? now.at[n] : NULL;
    int order = !was ? 1 : !is ? -1 : strcmp(was, is);
    size_t had = 0, has = 0;
    const char *fact = order <= 0 ? was : is;
    while (b < before->count && !strcmp(before->at[b], fact)) b++, had++;
    while (n < now.count && !strcmp(now.at[n], fact)) n++, has++;
    if (!had) add(&found, "+ %s", fact);
    else if (has > had) add(&found, "+ one more %s", fact);
    // What an earlier test left and has gone since is no loss.
    else if (!has && (starts(fact, "mount ") || starts(fact, "node ") || starts(fact, "sysctl "))) add(&found, "- %s", fact);
  }
  clean(&now);
  DIR *proc = sure(opendir("/proc"));
  for (long pid; next_process(proc, &pid);) {
    char state, name[64] = "", *words = words_of(pid);
    of(pid, &state, name);
    add(&found, "+ process %ld %c %s: %s", pid, state, name, words);
    free(words);
  }
  closedir(proc);
  return found;
}

static int check(const struct list *before, double seconds) {
  // The kernel ends processes, keys and cgroups a moment after the call; on a loaded machine the moment is long.
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (;;) {
    struct list found = differences(before);
    if (!found.count) return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - start.tv_sec + (now.tv_nsec - start.tv_nsec) / 1e9 > seconds) {
      fprintf(stderr, "left behind, or lost:\n");
      for (size_t i = 0; i < found.count; i++) fprintf(stderr, "%s\n", found.at[i]);
      return 1;
    }
    clean(&found);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
}

static void put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) warn("%s", path);
  if (fd >= 0) close(fd);
}

// The last mount below DIR, its name as the kernel writes it (proc(5): \040 for a blank) made plain; NULL: there is none.
static char *last_below(const char *dir) {
  char *text = slurp("/proc/self/mountinfo", NULL), *rest = text, *line, *last = NULL;
  size_t length = strlen(dir);
  while ((line = line_of(&rest))) {
    char *point = behind(line, 4);
    point[strcspn(point, " ")] = 0;
    if (starts(point, dir) && point[length] == '/') {
      free(last);
      last = sure(strdup(point));
    }
  }
  free(text);
  if (!last) return NULL;
  char *to = last;
  for (const char *from = last; *from; to++) {
    int octal = *from == '\\' && strspn(from + 1, "01234567") >= 3;
    *to = octal ? (from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0' : *from;
    from += octal ? 4 : 1;
  }
  *to = 0;
  return last;
}

static void clear(const struct list *before, const char *dir) {
  if (chown("/dev/null", 0, 0)) warn("/dev/null");
  for (size_t i = 0; i < before->count; i++) {
    if (!starts(before->at[i], "sysctl ")) continue;
    char path[PATH_MAX], *name = behind(before->at[i], 1), *value = behind(name, 1);
    snprintf(path, sizeof path, "/proc/sys/kernel/%.*s", (int)strcspn(name, " "), name);
    if (*value) put(path, value);
  }
  DIR *proc = sure(opendir("/proc"));
  for (long pid; next_process(proc, &pid);) kill(pid, SIGKILL);
  closedir(proc);
  char *point;
  for (int i = 0; i < 100 && (point = last_below(dir)); i++) {
    if (umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW)) warn("%s", point);
    free(point);
  }
  struct list now = {0};
  add_cgroups(&now);
  sort(&now);
  for (size_t i = now.count; i-- > 0;) { // deepest first
    char path[PATH_MAX], *group = now.at[i] + strlen("cgroup ");
    if (!strstr(group, tag) || bsearch(&now.at[i], before->at, before->count, sizeof *before->at, by_text)) continue;
    snprintf(path, sizeof path, "%s/freezer.state", group);
    if (!access(path, W_OK)) put(path, "THAWED");
    rmdir(group);
  }
}

static const char *word(const char *name) {
  const char *value = getenv(name);
  if (!value || !*value) errx(2, "%s is not set", name);
  return value;
}

int main(int count, char **words) {
  tag = word("TAG");
  folder = word("SUITE_DIR");
  suite = strtol(word("SUITE_PID"), NULL, 10);
  strict = getenv("STRICT") && *getenv("STRICT");
  strangers = getenv("STRANGERS");
  snprintf(countdown, sizeof countdown, "sleep %s", getenv("BATS_TEST_TIMEOUT") ? getenv("BATS_TEST_TIMEOUT") : "");
  if (count == 2 && !strcmp(words[1], "snapshot")) {
    struct list now = facts();
    for (size_t i = 0; i < now.count; i++) puts(now.at[i]);
    return fflush(stdout) ? 1 : 0;
  }
  if (count < 3 || access(words[2], R_OK)) errx(2, "no snapshot");
  struct list before = {0};
  char *text = slurp(words[2], NULL), *rest = text, *line;
  while ((line = line_of(&rest))) add(&before, "%s", line);
  sort(&before);
  if (!strcmp(words[1], "check")) return check(&before, count > 3 ? strtod(words[3], NULL) : 30);
  if (count == 4 && !strcmp(words[1], "clear")) {
    clear(&before, words[3]);
    return 0;
  }
  errx(2, "no such verb: %s", words[1]);
}
