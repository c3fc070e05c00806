// sctp-try socket [4|6] [stream|seqpacket]   opens a socket
// sctp-try association [4|6]                 makes an association over the loopback, checks what it carries
// sctp-try hold SECONDS                      keeps an association open
// sctp-try serve PORT flood|corrupt|deaf     is no echo server: sends without an end, sends changed bytes, or never reads
// sctp-try flood ADDRESS PORT COUNT SECONDS  so many clients that send without an end and never read
//
// Does what any program would do, with no SCTP library, as whatever user it is started by. Prints one line, `ok: ...`
// or `CALL: ERRNO`, and exits 0 or 1. Opening a socket makes the kernel load the module where nothing stops it.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int failed(const char *call) {
  const char *name = strerrorname_np(errno);
  printf("%s: %s\n", call, name ? name : "unknown errno");
  return 1;
}

static int association(int family, int seconds) {
  static const char text[] = "sent by sctp-try";
  struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
  socklen_t length = sizeof(struct sockaddr_in);
  if (family == AF_INET6) {
    ((struct sockaddr_in6 *)&address)->sin6_addr = in6addr_loopback;
    length = sizeof(struct sockaddr_in6);
  } else {
    ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }

  int listener = socket(family, SOCK_STREAM, IPPROTO_SCTP);
  if (listener < 0) return failed("socket");
  if (bind(listener, (struct sockaddr *)&address, length) != 0) return failed("bind");
  if (listen(listener, 1) != 0) return failed("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) return failed("getsockname");

  int client = socket(family, SOCK_STREAM, IPPROTO_SCTP);
  if (client < 0) return failed("socket");
  if (connect(client, (struct sockaddr *)&address, length) != 0) return failed("connect");
  int server = accept(listener, NULL, NULL);
  if (server < 0) return failed("accept");

  char received[sizeof text] = {0};
  if (send(client, text, sizeof text, 0) != (ssize_t)sizeof text) return failed("send");
  if (recv(server, received, sizeof received, 0) != (ssize_t)sizeof text) return failed("recv");
  if (memcmp(text, received, sizeof text) != 0) {
    printf("recv: other bytes than were sent\n");
    return 1;
  }
  printf("ok: uid %u exchanged %zu bytes over an SCTP association\n", getuid(), sizeof text);
  fflush(stdout);
  sleep((unsigned)seconds);
  return 0;
}

static int serve(int port, const char *how) {
  static char buffer[65536];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int listener = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
  if (listener < 0) return failed("socket");
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return failed("bind");
  if (listen(listener, 16) != 0) return failed("listen");
  for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client)) {
    if (strcmp(how, "deaf") == 0) {
      sleep(5);
    } else if (strcmp(how, "flood") == 0) {
      while (send(client, buffer, 8192, MSG_NOSIGNAL) > 0) continue;
    } else {
      ssize_t size;
      while ((size = recv(client, buffer, sizeof buffer, 0)) > 0) {
        buffer[size - 1] ^= 1;
        if (send(client, buffer, (size_t)size, MSG_NOSIGNAL) < 0) break;
      }
    }
  }
  return failed("accept");
}

static int flood(const char *host, int port, int count, int seconds) {
  static char message[8192];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return 64;
  int *clients = calloc((size_t)count, sizeof *clients);
  if (!clients) return failed("calloc");
  for (int index = 0; index < count; index++) {
    int client = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
    if (client < 0) return failed("socket");
    if (fcntl(client, F_SETFL, O_NONBLOCK) != 0) return failed("fcntl");
    if (connect(client, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) return failed("connect");
    clients[index] = client;
  }
  long sent = 0;
  for (time_t end = time(NULL) + seconds; time(NULL) < end; usleep(1000)) {
    for (int index = 0; index < count; index++) {
      if (send(clients[index], message, sizeof message, MSG_NOSIGNAL) > 0) sent++;
    }
  }
  printf("ok: %d clients sent %ld messages\n", count, sent);
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "association";
  if (strcmp(what, "serve") == 0 && argc > 3) return serve(atoi(argv[2]), argv[3]);
  if (strcmp(what, "flood") == 0 && argc > 5) return flood(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
  if (strcmp(what, "hold") == 0) return association(AF_INET, argc > 2 ? atoi(argv[2]) : 1);

  int family = argc > 2 && strcmp(argv[2], "6") == 0 ? AF_INET6 : AF_INET;
  if (strcmp(what, "association") == 0) return association(family, 0);

  bool many = argc > 3 && strcmp(argv[3], "seqpacket") == 0;
  if (socket(family, many ? SOCK_SEQPACKET : SOCK_STREAM, IPPROTO_SCTP) < 0) return failed("socket");
  printf("ok: uid %u opened an SCTP socket\n", getuid());
  return 0;
}
