// device-programs - prints the ids of the kernel's BPF programs that decide on devices, one a line. bpf(2); needs CAP_SYS_ADMIN.
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes) { return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes); }

int main(void) {
  union bpf_attr next;
  memset(&next, 0, sizeof next);
  while (bpf(BPF_PROG_GET_NEXT_ID, &next) == 0) {
    unsigned id = next.next_id;
    union bpf_attr by_id, about;
    memset(&by_id, 0, sizeof by_id);
    by_id.prog_id = id;
    int program = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
    if (program < 0 && errno != ENOENT) return perror("BPF_PROG_GET_FD_BY_ID"), 1;
    if (program >= 0) { // else it has gone meanwhile
      struct bpf_prog_info info;
      memset(&info, 0, sizeof info);
      memset(&about, 0, sizeof about);
      about.info.bpf_fd = program;
      about.info.info_len = sizeof info;
      about.info.info = (unsigned long)&info;
      if (bpf(BPF_OBJ_GET_INFO_BY_FD, &about) != 0) return perror("BPF_OBJ_GET_INFO_BY_FD"), 1;
      if (info.type == BPF_PROG_TYPE_CGROUP_DEVICE) printf("%u\n", id);
      close(program);
    }
    memset(&next, 0, sizeof next);
    next.start_id = id;
  }
  return errno == ENOENT ? 0 : (perror("BPF_PROG_GET_NEXT_ID"), 1);
}
