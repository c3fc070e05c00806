// uevents SECONDS [TEXT]
// Prints the kernel's own events (netlink group 1) whose header contains TEXT, one line each, as `add@/module/sctp`.
// The first line is `listening`, so that a script knows when to begin.

#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int main(int argc, char **argv) {
  long long end = milliseconds() + 1000LL * (argc > 1 ? atoi(argv[1]) : 10);
  const char *text = argc > 2 ? argv[2] : "";
  int events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_groups = 1};
  if (events < 0 || bind(events, (struct sockaddr *)&kernel, sizeof kernel) != 0) {
    perror("uevents");
    return 1;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("listening");

  for (long long left; (left = end - milliseconds()) > 0;) {
    struct pollfd ready = {.fd = events, .events = POLLIN};
    if (poll(&ready, 1, (int)left) < 1) continue;
    char message[8192];
    ssize_t length = recv(events, message, sizeof message - 1, 0);
    if (length <= 0) continue;
    message[length] = 0;  // the header ends at the first NUL; KEY=VALUE pairs follow it
    if (strstr(message, text)) puts(message);
  }
  return 0;
}
