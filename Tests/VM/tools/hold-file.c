// hold-file PATH
// Lets nobody open or read the file until this program ends: whoever tries waits inside the kernel, as for a network file
// system whose server does not answer. fanotify(7) asks it for a permission that it never gives. Prints `held` once that
// is so.

#include <fcntl.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
  if (group < 0 || fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_ACCESS_PERM, AT_FDCWD, argv[1]) != 0) {
    perror("hold-file");
    return 1;
  }
  puts("held");
  fflush(stdout);
  for (;;) pause();
}
