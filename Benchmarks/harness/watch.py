"""Waiting for changes of a directory."""

import ctypes
import os
import select
import time

# What changes a file or a name, of inotify(7): IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE, IN_MOVED_TO and IN_CREATE.
FILE_EVENTS = 0x2 | 0x4 | 0x8 | 0x80 | 0x100


class Watch:
    """Sleeps until something changes in a directory."""

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if libc.inotify_add_watch(self.descriptor, os.fsencode(directory), FILE_EVENTS) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch", str(directory))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.descriptor)

    def until(self, holds):
        end = time.monotonic() + 10
        while not holds():
            if time.monotonic() > end:
                raise RuntimeError("a drift was not repaired within 10 s")
            if select.select([self.descriptor], [], [], 1)[0]:
                os.read(self.descriptor, 65536)
