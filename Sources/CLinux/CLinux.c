#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const int CLinux_O_PATH = O_PATH;
const unsigned CLinux_FS_IMMUTABLE_FL = FS_IMMUTABLE_FL;
const unsigned CLinux_FS_APPEND_FL = FS_APPEND_FL;

ssize_t CLinux_getdents64(int fd, void *buffer, size_t size) {
  long result = syscall(SYS_getdents64, fd, buffer, size);
  return result < 0 ? -errno : result;
}

int CLinux_inode_flags(int fd, unsigned *flags) { return ioctl(fd, FS_IOC_GETFLAGS, flags) < 0 ? -errno : 0; }

int CLinux_set_inode_flags(int fd, unsigned flags) { return ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0 ? -errno : 0; }
