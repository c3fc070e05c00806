#pragma once

// What the servers, HTTP and echo, need from the kernel and Swift's Glibc module lacks: epoll, eventfd and accept4, which
// need _GNU_SOURCE or a header that is not in the module map, and one option of prctl. The calls that each request makes
// are inline and return -errno, so that errno is read on the line after the call. It makes no decisions.

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. Returns the descriptor or -errno.
int CLinux_accept(int listener);

// eventfd(2), non-blocking and close-on-exec. Returns the descriptor or -errno.
int CLinux_eventfd(void);

// epoll_create1(2), close-on-exec. Returns the descriptor or -errno.
int CLinux_epoll_create(void);

// epoll_ctl(2); `data` comes back with each event. Returns 0 or -errno.
int CLinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t data);
int CLinux_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t data);

// epoll_wait(2). Returns the number of events or -errno.
static inline int CLinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_milliseconds) {
  int count = epoll_wait(epoll, events, capacity, timeout_milliseconds);
  return count < 0 ? -errno : count;
}

// Swift cannot see into the packed struct everywhere.
static inline uint32_t CLinux_event_mask(const struct epoll_event *events, int index) { return events[index].events; }
static inline uint64_t CLinux_event_data(const struct epoll_event *events, int index) { return events[index].data.u64; }

// recv(2) and send(2) without SIGPIPE. Return the number of bytes or -errno.
static inline ssize_t CLinux_receive(int descriptor, void *buffer, size_t capacity) {
  ssize_t count = recv(descriptor, buffer, capacity, 0);
  return count < 0 ? -errno : count;
}
static inline ssize_t CLinux_send(int descriptor, const void *bytes, size_t count) {
  ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

// PR_SET_TIMERSLACK of prctl(2), which is variadic: by how much the kernel may prolong a sleep of the calling thread.
void CLinux_set_timer_slack(unsigned long nanoseconds);
