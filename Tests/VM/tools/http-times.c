// http-times PORT PATH MILLISECONDS
// Asks a server on 127.0.0.1 again and again, over one connection, and prints how long its answers took:
// `answers N longest MICROSECONDS median MICROSECONDS`. Waits up to 5 s until the server listens. The first answer does not
// count: a server that starts keeps it back until the first pass is over.

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most = 1 << 20 };
static long times[most];

static long microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int ascending(const void *left, const void *right) {
  long one = *(const long *)left, other = *(const long *)right;
  return (one > other) - (one < other);
}

static int connected(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int tries = 0; tries < 500; tries++, usleep(10000)) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client >= 0 && connect(client, (struct sockaddr *)&address, sizeof address) == 0) return client;
    close(client);
  }
  return -1;
}

int main(int argc, char **argv) {
  if (argc < 4) return 64;
  char request[512], answer[4096];
  int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", argv[2]);
  int client = connected(atoi(argv[1]));
  if (client < 0 || size >= (int)sizeof request) {
    perror("connect");
    return 1;
  }
  int count = -1;
  for (long end = microseconds() + atol(argv[3]) * 1000, asked; (asked = microseconds()) < end && count < most; usleep(2000)) {
    // The answers are short: head and body come in one piece.
    if (send(client, request, (size_t)size, 0) != size || recv(client, answer, sizeof answer, 0) <= 0) {
      perror("request");
      return 1;
    }
    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) {
      printf("not 200: %.40s\n", answer);
      return 1;
    }
    if (count >= 0) times[count] = microseconds() - asked;
    count++;
  }
  if (count < 1) return 1;
  qsort(times, (size_t)count, sizeof *times, ascending);
  printf("answers %d longest %ld median %ld\n", count, times[count - 1], times[count / 2]);
  return 0;
}
