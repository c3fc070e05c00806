// What Swift's Glibc module does not show: headers that its module map leaves out, functions and constants behind
// _GNU_SOURCE, variadic functions and macros. One call deep, no decisions. Functions return what the kernel does: a
// result, or a negative error number.
#pragma once

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include "sockets.h"

// Behind _GNU_SOURCE: a descriptor that names a file without opening it.
extern const int CLinux_O_PATH;

// openat2(2) has no function in libc, and its header is in no module map: the way to `path` with `root` for `/`, of links
// too, and never by a magic one (RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS).
int CLinux_open_in_root(int root, const char *path, int flags);

// Behind _GNU_SOURCE in older headers, and libc's readdir hides when an error came up: getdents(2).
ssize_t CLinux_getdents64(int fd, void *buffer, size_t size);

// ioctl is variadic: ioctl_iflags(2). Sets `flags` to FS_*_FL.
int CLinux_inode_flags(int fd, unsigned *flags);
extern const unsigned CLinux_FS_IMMUTABLE_FL;
extern const unsigned CLinux_FS_APPEND_FL;

// Swift takes the name for the struct: flock(2), exclusive and without waiting.
int CLinux_lock(int fd);

// linux/netlink.h is in no module map: an address of NETLINK_KOBJECT_UEVENT's kernel group, bound; netlink(7).
int CLinux_uevent_socket(void);
// One message of that socket, without waiting. Sets `from_kernel`; a program's message must not be believed.
ssize_t CLinux_uevent_receive(int fd, void *buffer, size_t size, int *from_kernel);

// sigset_t is built by macros on some libcs, and signalfd takes it: signals that come as data. Blocks them for the
// calling thread and those it starts.
int CLinux_signal_descriptor(const int *signals, int count);

// link.h is in no module map: drops the process's pages of code and constants, of the program and of its libraries. They
// come back from the files by themselves: madvise(2), MADV_DONTNEED. A debugger's breakpoints are lost.
void CLinux_unmap_clean_pages(void);

// Gives up all capabilities of the calling thread only, inheritable and ambient ones too, and execve's powers with
// no_new_privs: libc has no function for it, its set*id functions change every thread, and prctl is variadic;
// capabilities(7).
int CLinux_drop_capabilities(void);

// strerrorname_np(3), which needs _GNU_SOURCE: `ENOENT`; NULL where the number has no name.
const char *CLinux_error_name(int error);

// pthread_setname_np(3) of the calling thread; needs _GNU_SOURCE. A name of more than 15 bytes is ignored.
void CLinux_name_thread(const char *name);
