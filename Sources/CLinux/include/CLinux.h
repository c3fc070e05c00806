// What Swift's Glibc module lacks: headers that are not in its module map, functions and constants behind _GNU_SOURCE,
// variadic functions and macros. It makes no decisions. Functions return what the kernel does: a result, or a negative
// error number.
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

// openat2(2), which has no function in libc and whose header is in no module map. Opens `path` with `root` for `/`, for
// links too, and follows no magic link (RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS).
int CLinux_open_in_root(int root, const char *path, int flags);

// getdents(2): it is behind _GNU_SOURCE in older headers, and libc's readdir hides at which entry an error came.
ssize_t CLinux_getdents64(int fd, void *buffer, size_t size);

// ioctl is variadic: ioctl_iflags(2). Sets `flags` to FS_*_FL.
int CLinux_inode_flags(int fd, unsigned *flags);
extern const unsigned CLinux_FS_IMMUTABLE_FL;
extern const unsigned CLinux_FS_APPEND_FL;

// Behind _GNU_SOURCE: renameat2(2), both names in one directory.
extern const unsigned CLinux_RENAME_EXCHANGE;
extern const unsigned CLinux_RENAME_NOREPLACE;
int CLinux_rename(int directory, const char *from, const char *to, unsigned flags);

// flock(2), exclusive and without waiting. In Swift the name is that of the struct.
int CLinux_lock(int fd);

// Opens a socket that is bound to the kernel's group of NETLINK_KOBJECT_UEVENT: netlink(7). Its header is in no module map.
int CLinux_uevent_socket(void);
// Receives one message of that socket, without waiting. Sets `from_kernel`: a message of a program must be ignored.
ssize_t CLinux_uevent_receive(int fd, void *buffer, size_t size, int *from_kernel);

// signalfd(2): receives signals as data. Blocks them for the calling thread and those that it starts. sigset_t is built
// by macros on some libcs.
int CLinux_signal_descriptor(const int *signals, int count);

// Drops the pages of code and constants of the program and its libraries. The kernel reads them from the files again
// when they are used: madvise(2), MADV_DONTNEED. A debugger's breakpoints are lost. link.h is in no module map.
void CLinux_unmap_clean_pages(void);

// Gives up all capabilities of the calling thread only, with the inheritable and ambient ones, and sets no_new_privs, so
// that execve brings none back: capabilities(7). libc has no function for it, and prctl is variadic.
int CLinux_drop_capabilities(void);

// Takes the right to open, create, change and remove files from the calling thread only, for good, whatever its user
// is. The thread may still read the files below the directory `readable`, and use open descriptors. landlock(7), which
// libc has no functions for. -ENOSYS, -EOPNOTSUPP: the kernel has no Landlock, or it is off.
int CLinux_restrict_files(const char *readable);

// Changes the user and the group of the calling thread only, and removes its supplementary groups. libc's functions
// change every thread.
int CLinux_become_user(unsigned id);

// The arguments of main. Swift's own come from /proc, which need not be mounted.
int CLinux_argument_count(void);
const char *CLinux_argument(int index);

// strerrorname_np(3), which needs _GNU_SOURCE: `ENOENT`; NULL where the number has no name.
const char *CLinux_error_name(int error);
// strerrordesc_np(3), which needs _GNU_SOURCE: `No such file or directory`, in English whatever the locale is; NULL where
// the number has no words.
const char *CLinux_error_words(int error);

// pthread_setname_np(3) of the calling thread; needs _GNU_SOURCE. A name of more than 15 bytes is ignored.
void CLinux_name_thread(const char *name);

// linux/sctp.h is in no module map: SCTP_RTOINFO of RFC 6458 section 8.1.1. The retransmission timeouts of the socket's
// associations, in milliseconds. On a socket of another protocol it does nothing.
void CLinux_set_sctp_timeouts(int fd, unsigned initial, unsigned shortest, unsigned longest);

// ioctl is variadic: ioctl_tty(2), TIOCGWINSZ. The columns of a terminal; 0 if the descriptor is not a terminal.
int CLinux_terminal_columns(int fd);
