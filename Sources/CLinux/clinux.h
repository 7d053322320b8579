// SPDX-License-Identifier: GPL-3.0-or-later
/// CLinux — epoll(7), accept4(2) and extended attributes, which Swift's Glibc module lacks.
/// A definition here may only rename, or fix the type of, ONE call or constant: no policy, no allocation, no state.
#ifndef SPRINTD_CLINUX_H
#define SPRINTD_CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* These are enumerators that also name themselves as macros, which the importer drops. */
static const uint32_t clinux_epoll_in = EPOLLIN;
static const uint32_t clinux_epoll_out = EPOLLOUT;
static const uint32_t clinux_epoll_error = EPOLLERR;
static const uint32_t clinux_epoll_hang_up = EPOLLHUP;
static const int clinux_epoll_close_on_exec = EPOLL_CLOEXEC;

/// `epoll_data_t` is a union; of its members only this number is used. Returns 0, or -1 with `errno`.
static inline int clinux_epoll_control(int set, int operation, int descriptor, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(set, operation, descriptor, &event);
}

/// The number that was given with the descriptor.
static inline uint64_t clinux_epoll_tag(const struct epoll_event *_Nonnull event) {
    return event->data.u64;
}

/// `accept4` is a GNU extension that the importer leaves out, and `syscall` is variadic. The connection is closed on exec from the start, so
/// that no program started meanwhile gets it. Returns a descriptor, or -1 with `errno`.
static inline int clinux_accept(int listener) {
    return (int)syscall(SYS_accept4, listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

#endif
