// The least that a server can do for a request: least PORT SIZE. It reads whatever came with one recv and answers with one
// send, without looking at it. What this costs is the kernel's.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 3) return 2;
  size_t size = strtoul(words[2], NULL, 10);
  char *answer = malloc(size + 256);
  if (answer == NULL) return 1;
  size_t length = (size_t)sprintf(
      answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", size);
  memset(answer + length, 'x', size);
  length += size;

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, SOMAXCONN) < 0) return 1;
  int poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      int descriptor = events[i].data.fd;
      if (descriptor == listener) {
        event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)};
        epoll_ctl(poller, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      char request[16384];
      if (recv(descriptor, request, sizeof request, 0) <= 0) {
        shutdown(descriptor, SHUT_RDWR);
        epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
        close(descriptor);
      } else {
        send(descriptor, answer, length, MSG_NOSIGNAL);
      }
    }
  }
}
