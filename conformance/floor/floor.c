// floor BUNDLE STATE CGROUP... - runs /bin/true in a container as `runc spec` describes it, and in no other: what the kernel itself
// takes for one container.
//
// It makes the system calls that `csrunc run` needs for this config, each once and in the same order, and nothing else: no runtime
// to start, no text to parse (config.json is read, not looked at), no plan, no shim, no check, no lookup that is known to be
// in vain. The mounts are made by the new calls (fsopen, open_tree, move_mount), as csrunc makes them. CGROUP are the
// directories to make, one in each hierarchy; STATE is the directory that holds the record while the container lives.
// Left out on cgroup v2: the device rules, which are a BPF program there.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_GROUPS = 32, CAPABILITIES = 41 };

static char **groups;
static int group_count;
static char path[8192];

static long must(long result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}
#define CALL(name, ...) must(syscall(SYS_##name, __VA_ARGS__), #name)

static const char *file(const char *directory, const char *name)
{
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static void put(const char *directory, const char *name, const char *const *values)
{
	int fd = must(open(file(directory, name), O_WRONLY | O_CLOEXEC), path);
	for (; *values; values++)
		must(write(fd, *values, strlen(*values)), path);
	close(fd);
}
#define PUT(directory, name, ...) put(directory, name, (const char *const[]){__VA_ARGS__, NULL})

static int in_hierarchy(const char *group, const char *name)
{
	return strstr(group, name) != NULL;
}

static int is_unified(void)
{
	return group_count == 1;
}

static void copy_cpuset(const char *group, const char *name)
{
	char value[4096], parent[4096];
	snprintf(parent, sizeof parent, "%s", group);
	*strrchr(parent, '/') = 0;
	int fd = must(open(file(parent, name), O_RDONLY | O_CLOEXEC), path);
	value[must(read(fd, value, sizeof value - 1), path)] = 0;
	close(fd);
	PUT(group, name, value);
}

static void make_cgroups(void)
{
	for (int i = 0; i < group_count; i++) {
		must(mkdir(groups[i], 0755), groups[i]);
		if (in_hierarchy(groups[i], "/cpuset/")) {
			copy_cpuset(groups[i], "cpuset.cpus");
			copy_cpuset(groups[i], "cpuset.mems");
		}
		if (in_hierarchy(groups[i], "/devices/")) {
			PUT(groups[i], "devices.deny", "a");
			PUT(groups[i], "devices.allow", "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm",
			    "c 1:9 rwm", "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm");
		}
	}
}

// The one that clone3 enters; a move by cgroup.procs would wait for a grace period of RCU, and one by v1's tasks does not.
static int is_v2(const char *group)
{
	return is_unified() || in_hierarchy(group, "/unified/");
}

static void enter_cgroups(void)
{
	for (int i = 0; i < group_count; i++)
		if (!is_v2(groups[i]))
			PUT(groups[i], "tasks", "0");
}

static int in_root(int root, const char *target, int flags)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	return CALL(openat2, root, target, &how, sizeof how);
}

static void move(int mount, int target)
{
	CALL(move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static void set_attributes(int fd, int flags, struct mount_attr attributes)
{
	CALL(mount_setattr, fd, fd == AT_FDCWD ? "/" : "", flags | AT_EMPTY_PATH, &attributes, sizeof attributes);
}

// options: key, value (NULL: a flag) ..., NULL
static int new_mount(const char *type, int attributes, const char *const *options)
{
	int fs = CALL(fsopen, type, FSOPEN_CLOEXEC);
	for (; *options; options += 2)
		CALL(fsconfig, fs, options[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, options[0], options[1], 0);
	CALL(fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	int mount = CALL(fsmount, fs, FSMOUNT_CLOEXEC, attributes);
	close(fs);
	return mount;
}
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

// A name below a directory of the root is made there first.
static void mount_at(int root, const char *directory, const char *name, int mount)
{
	int target = in_root(root, directory, O_DIRECTORY);
	if (name) {
		must(mkdirat(target, name, 0755), name);
		int made = in_root(target, name, 0);
		close(target);
		target = made;
	}
	move(mount, target);
	close(target);
	close(mount);
}

enum {
	NOSUID = MOUNT_ATTR_NOSUID,
	NODEV = MOUNT_ATTR_NODEV,
	NOEXEC = MOUNT_ATTR_NOEXEC,
	RDONLY = MOUNT_ATTR_RDONLY,
	ALL = NOSUID | NODEV | NOEXEC
};

static void mount_cgroups(int root)
{
	if (is_unified()) {
		mount_at(root, "/sys/fs/cgroup", NULL, new_mount("cgroup2", ALL | RDONLY, OPTIONS("source", "cgroup")));
		return;
	}
	int tmpfs = new_mount("tmpfs", ALL, OPTIONS("source", "tmpfs", "mode", "755"));
	int target = in_root(root, "/sys/fs/cgroup", 0);
	move(tmpfs, target);
	close(target);
	for (int i = 0; i < group_count; i++) {
		char name[64];
		if (in_hierarchy(groups[i], "/unified/"))
			continue;
		// /sys/fs/cgroup/NAME/...
		sscanf(groups[i], "/sys/fs/cgroup/%63[^/]", name);
		int group = CALL(open_tree, AT_FDCWD, groups[i], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
		set_attributes(group, 0, (struct mount_attr){.attr_set = ALL | RDONLY});
		mount_at(root, "/sys/fs/cgroup", name, group);
	}
	set_attributes(tmpfs, 0, (struct mount_attr){.attr_set = RDONLY});
	close(tmpfs);
}

static void make_devices(int root)
{
	static const struct {
		const char *name;
		int major, minor;
	} devices[] = {{"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
	int dev = in_root(root, "/dev", 0);
	for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++)
		must(mknodat(dev, devices[i].name, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor)), devices[i].name);
	must(symlinkat("/proc/self/fd", dev, "fd"), "symlink");
	must(symlinkat("/proc/self/fd/0", dev, "stdin"), "symlink");
	must(symlinkat("/proc/self/fd/1", dev, "stdout"), "symlink");
	must(symlinkat("/proc/self/fd/2", dev, "stderr"), "symlink");
	must(symlinkat("pts/ptmx", dev, "ptmx"), "symlink");
	close(dev);
}

// The paths of the config that this kernel may lack are looked up, and left alone if so.
static int found(int root, const char *target)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	return syscall(SYS_openat2, root, target, &how, sizeof how);
}

static void protect_paths(int root)
{
	static const char *const readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
	static const char *const masked[] = {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"};
	struct stat file;
	for (unsigned i = 0; i < sizeof readonly / sizeof *readonly; i++) {
		int target = found(root, readonly[i]);
		if (target < 0)
			continue;
		int tree = CALL(open_tree, target, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
		set_attributes(tree, 0, (struct mount_attr){.attr_set = RDONLY});
		move(tree, target);
		close(tree);
		close(target);
	}
	int null = in_root(root, "/dev/null", 0);
	int empty = new_mount("tmpfs", ALL | RDONLY, OPTIONS("source", "tmpfs", "nr_blocks", "1", "nr_inodes", "1"));
	int used = 0;
	for (unsigned i = 0; i < sizeof masked / sizeof *masked; i++) {
		int target = found(root, masked[i]);
		if (target < 0)
			continue;
		must(fstat(target, &file), masked[i]);
		if (S_ISDIR(file.st_mode) && !used) {
			move(empty, target);
			used = 1;
		} else {
			int tree = CALL(open_tree, S_ISDIR(file.st_mode) ? empty : null, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
			move(tree, target);
			close(tree);
		}
		close(target);
	}
	close(empty);
	close(null);
}

static void drop_privileges(void)
{
	const unsigned kept = 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_AUDIT_WRITE;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {{.effective = kept, .permitted = kept}, {0}};

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	for (int i = 0; i < CAPABILITIES; i++)
		if (i >= 32 || !(kept >> i & 1))
			prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	must(prctl(PR_SET_KEEPCAPS, 1), "keepcaps");
	CALL(setgroups, 0, NULL);
	CALL(setresgid, 0, 0, 0);
	CALL(setresuid, 0, 0, 0);
	must(prctl(PR_SET_KEEPCAPS, 0), "keepcaps");
	CALL(capset, &header, sets);
}

static void link_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	must(ioctl(fd, SIOCSIFFLAGS, &lo), "lo");
	close(fd);
}

static void become(int rootfs)
{
	struct rlimit files = {1024, 1024};

	enter_cgroups();
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "pdeathsig");
	must(setsid(), "setsid");
	CALL(keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_ses.floor", 0, 0, 0);
	set_attributes(AT_FDCWD, AT_RECURSIVE, (struct mount_attr){.propagation = MS_SLAVE});
	set_attributes(AT_FDCWD, 0, (struct mount_attr){.propagation = MS_PRIVATE});
	set_attributes(rootfs, AT_RECURSIVE, (struct mount_attr){.propagation = MS_SLAVE});
	CALL(move_mount, rootfs, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
	int root = in_root(rootfs, ".", 0);
	umask(0);
	mount_at(root, "proc", NULL, new_mount("proc", 0, OPTIONS("source", "proc")));
	mount_at(root, "dev", NULL, new_mount("tmpfs", NOSUID | MOUNT_ATTR_STRICTATIME, OPTIONS("source", "tmpfs", "mode", "755", "size", "65536k")));
	mount_at(root, "dev", "pts", new_mount("devpts", NOSUID | NOEXEC,
		OPTIONS("source", "devpts", "newinstance", NULL, "ptmxmode", "0666", "mode", "0620", "gid", "5")));
	mount_at(root, "dev", "shm", new_mount("tmpfs", ALL, OPTIONS("source", "shm", "mode", "1777", "size", "65536k")));
	mount_at(root, "dev", "mqueue", new_mount("mqueue", ALL, OPTIONS("source", "mqueue")));
	mount_at(root, "sys", NULL, new_mount("sysfs", ALL | RDONLY, OPTIONS("source", "sysfs")));
	mount_cgroups(root);
	make_devices(root);
	must(fchdir(root), "fchdir");
	CALL(pivot_root, ".", ".");
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "chdir");
	must(sethostname("floor", 5), "sethostname");
	link_up();
	protect_paths(root);
	set_attributes(root, 0, (struct mount_attr){.attr_set = RDONLY});
	must(setrlimit(RLIMIT_NOFILE, &files), "rlimit");
	umask(022);
	drop_privileges();
	CALL(close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
	execle("/bin/true", "true", NULL, (char *[]){"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL});
	err(1, "/bin/true");
}

int main(int argc, char **argv)
{
	static char text[65536];
	int status;

	if (argc < 4)
		errx(2, "usage: floor BUNDLE STATE CGROUP...");
	const char *bundle = argv[1], *state = argv[2];
	groups = argv + 3;
	group_count = argc - 3;

	int config = must(open(file(bundle, "config.json"), O_RDONLY | O_CLOEXEC), path);
	must(read(config, text, sizeof text), path);
	close(config);
	int rootfs = CALL(open_tree, AT_FDCWD, file(bundle, "rootfs"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	must(mkdir(state, 0711), state);
	int record = must(open(file(state, "state.json"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), path);
	must(write(record, text, 700), path);
	make_cgroups();

	struct clone_args how = {
		.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET,
		.exit_signal = SIGCHLD,
	};
	int group = -1;
	for (int i = 0; i < group_count; i++)
		if (is_v2(groups[i])) {
			how.cgroup = group = must(open(groups[i], O_PATH | O_DIRECTORY | O_CLOEXEC), groups[i]);
			how.flags |= CLONE_INTO_CGROUP;
		}
	pid_t pid = CALL(clone3, &how, sizeof how);
	if (pid == 0)
		become(rootfs);
	close(group);
	close(rootfs);
	must(write(record, text, 700), path);
	must(waitpid(pid, &status, 0), "waitpid");

	for (int i = 0; i < group_count; i++)
		must(rmdir(groups[i]), groups[i]);
	must(unlink(file(state, "state.json")), path);
	must(rmdir(state), state);
	close(record);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
