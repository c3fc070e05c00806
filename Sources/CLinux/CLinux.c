#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sctp.h>
#include <link.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const int CLinux_O_PATH = O_PATH;
const unsigned CLinux_FS_IMMUTABLE_FL = FS_IMMUTABLE_FL;
const unsigned CLinux_FS_APPEND_FL = FS_APPEND_FL;

int CLinux_open_in_root(int root, const char *path, int flags) {
  struct open_how how = {.flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  long result = syscall(SYS_openat2, root, path, &how, sizeof how);
  return result < 0 ? -errno : (int)result;
}

ssize_t CLinux_getdents64(int fd, void *buffer, size_t size) {
  long result = syscall(SYS_getdents64, fd, buffer, size);
  return result < 0 ? -errno : result;
}

int CLinux_inode_flags(int fd, unsigned *flags) { return ioctl(fd, FS_IOC_GETFLAGS, flags) < 0 ? -errno : 0; }

const unsigned CLinux_RENAME_EXCHANGE = RENAME_EXCHANGE;
const unsigned CLinux_RENAME_NOREPLACE = RENAME_NOREPLACE;

int CLinux_rename(int directory, const char *from, const char *to, unsigned flags) {
  return syscall(SYS_renameat2, directory, from, directory, to, flags) < 0 ? -errno : 0;
}

int CLinux_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0; }

int CLinux_uevent_socket(void) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  if (fd < 0) return -errno;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

ssize_t CLinux_uevent_receive(int fd, void *buffer, size_t size, int *from_kernel) {
  struct sockaddr_nl address = {0};
  socklen_t length = sizeof address;
  ssize_t result = recvfrom(fd, buffer, size, MSG_DONTWAIT, (struct sockaddr *)&address, &length);
  *from_kernel = address.nl_pid == 0;
  return result < 0 ? -errno : result;
}

int CLinux_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (error) return -error;
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

static int unmap_clean_pages(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  uintptr_t page = getpagesize();
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    // A page at either end may hold what was relocated too.
    uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page - 1) & -page;
    uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & -page;
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void CLinux_unmap_clean_pages(void) { dl_iterate_phdr(unmap_clean_pages, NULL); }

int CLinux_drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
  if (syscall(SYS_capset, &header, data) < 0) return -errno;
  // capset has cleared the ambient set, which is never more than the permitted one.
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int CLinux_restrict_files(const char *readable) {
  int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 0) return -errno;
  // Thirteen rights in version 1; 2 adds moving between directories, and 3 truncation.
  struct landlock_ruleset_attr rights = {.handled_access_fs = (1ULL << (version >= 3 ? 15 : version == 2 ? 14 : 13)) - 1};
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
  if (ruleset < 0) return -errno;
  int error = 0;
  struct landlock_path_beneath_attr rule = {
      .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
      .parent_fd = open(readable, O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (rule.parent_fd < 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ||
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
    error = errno;
  if (rule.parent_fd >= 0) close(rule.parent_fd);
  close(ruleset);
  return -error;
}

int CLinux_become_user(unsigned id) {
  if (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, id, id, id) < 0 ||
      syscall(SYS_setresuid, id, id, id) < 0)
    return -errno;
  return 0;
}

static int argument_count;
static char **arguments;

// glibc passes the arguments of main to constructors.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

int CLinux_argument_count(void) { return argument_count; }
const char *CLinux_argument(int index) { return arguments[index]; }

const char *CLinux_error_name(int error) { return strerrorname_np(error); }
const char *CLinux_error_words(int error) { return strerrordesc_np(error); }

void CLinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void CLinux_set_sctp_timeouts(int fd, unsigned initial, unsigned shortest, unsigned longest) {
  struct sctp_rtoinfo info = {.srto_initial = initial, .srto_min = shortest, .srto_max = longest};
  setsockopt(fd, IPPROTO_SCTP, SCTP_RTOINFO, &info, sizeof info);
}

int CLinux_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}
