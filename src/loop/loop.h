/* loop/loop.h: the event loop of one thread. A proactor: callers say what they want (connect, send,
 * receive, accept, be woken) and are told when it happened; two backends behind it (epoll.c,
 * uring.c) behave alike. Everything here is called by the loop's own thread, the one that opened
 * it; other threads reach it through a mailbox (mailbox.h). Sockets are in sock.h. */
#ifndef WEIR_LOOP_LOOP_H
#define WEIR_LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "loop/heap.h"
#include "loop/mailbox.h"
#include "loop/wheel.h"

struct loop;

struct loop_options {
    const char *backend;      /* "epoll", "io_uring"; NULL: WEIR_LOOP, else the best that works */
    unsigned queue_entries;   /* io_uring: submission entries; 0: 1024 */
    unsigned receive_buffers; /* io_uring: provided buffers, a power of two; 0: 256 */
};

struct loop *loop_open(const struct loop_options *options, struct err *e); /* options may be NULL */
void loop_close(struct loop *l); /* every socket must have been closed; watches may be left */

const char *loop_backend(const struct loop *l); /* "epoll" or "io_uring" */

/* One turn: submits, sleeps until something is due or completes (at the latest until wake_ns,
 * monotonic), reads the clock once, fires timers, delivers completions, fires timeouts, and ends
 * what was closed. */
void loop_turn(struct loop *l, uint64_t wake_ns);

/* Turns until *stop is true. */
void loop_run(struct loop *l, const bool *stop);

uint64_t loop_now(const struct loop *l); /* ns, monotonic: the clock read of this turn */
uint64_t
loop_last_busy_ns(const struct loop *l); /* how long the turn before the current sleep worked */

/* Timers (to the ns, heap.h) and timeouts (to 10 ms, wheel.h), monotonic ns. */
void loop_timer_arm(struct loop *l, struct timer *t, uint64_t due_ns);
void loop_timer_disarm(struct loop *l, struct timer *t);
void loop_timeout_arm(struct loop *l, struct timeout *t, uint64_t due_ns);

/* A descriptor of somebody else's that becomes readable: eventfd, signalfd, a library's pipe; not a
 * regular file. */
struct watch {
    int fd;                            /* set by the owner */
    void (*readable)(struct watch *w); /* level-triggered: called each turn while it is readable */
    void *poll;                        /* the backend's */
};
void loop_watch(struct loop *l, struct watch *w);
void loop_unwatch(struct loop *l, struct watch *w); /* no call comes after this */

/* The loop's own mailbox: other threads post to it, mails are delivered within the turns. */
struct mailbox *loop_mailbox(struct loop *l);

#endif
