// What Swift's Glibc module does not show: headers that its module map leaves out, functions and constants behind
// _GNU_SOURCE, variadic functions and macros. One call deep, no decisions. Functions return what the kernel does: a
// result, or a negative error number.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/xattr.h>

// Behind _GNU_SOURCE: a descriptor that names a file without opening it.
extern const int CLinux_O_PATH;

// Behind _GNU_SOURCE in older headers, and libc's readdir hides when an error came up: getdents(2).
ssize_t CLinux_getdents64(int fd, void *buffer, size_t size);

// ioctl is variadic: ioctl_iflags(2). Sets `flags` to FS_*_FL.
int CLinux_inode_flags(int fd, unsigned *flags);
int CLinux_set_inode_flags(int fd, unsigned flags);
extern const unsigned CLinux_FS_IMMUTABLE_FL;
extern const unsigned CLinux_FS_APPEND_FL;

#include "sockets.h"
