/* tests/unit/loop/world.h: what the tests of loops and sockets share. Each of them runs on every
 * kind of loop; a guest is a socket on the loop that writes down what it is told and checks that
 * the promises of sock.h are kept; a peer is the other end, a plain descriptor in the test's own
 * hands. */
#ifndef WEIR_UNIT_LOOP_WORLD_H
#define WEIR_UNIT_LOOP_WORLD_H

#include "unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "loop/sock.h"

/* ---- kinds of loops ---- */

/* Runs each test on every kind of loop: "epoll: name", "io_uring: name", "small io_uring: name" (8
 * submission entries, 4 receive buffers). A test that leaves descriptors open fails. */
int kinds_run(const char *group, const struct CMUnitTest *tests, size_t n);

/* The loop of this run; where the kernel refuses it the test is skipped and says so. */
struct loop *kind_loop(void **state);
struct loop_options kind_options(void **state);

/* Skips the test where fewer than n descriptors can be open at once. */
void descriptors_needed(unsigned n);

/* From now on only n descriptors more can be opened; taken back at the end of the test at the
 * latest. */
void descriptors_left(unsigned n);
void descriptors_back(void);

/* One turn that sleeps `ns` at most; fails the test behind the deadline. */
void turn_before(struct loop *l, uint64_t deadline_ns, uint64_t ns);
void turn_for(struct loop *l, uint64_t ns);

#define TURN_UNTIL(l, condition)                                                                   \
    for (uint64_t end_ns = clock_now_ns() + 20 * NS_PER_S; !(condition);                           \
         turn_before((l), end_ns, 50 * NS_PER_MS))

/* ---- addresses ---- */

enum family { IPV4, IPV6, UNIX, FAMILIES };
bool family_is_there(enum family f);
/* Of this machine, with a free port or path. */
void family_address(enum family f, struct addr *out);
void address_forget(const struct addr *a); /* removes the file of a unix address */

/* ---- guests ---- */

enum told { CONNECTED, RECEIVED, ENDED, SENT, CLOSED, TOLD_KINDS };

struct guest {
    struct sock sock;
    unsigned told[TOLD_KINDS]; /* how often */
    const char *why;           /* with which it ended */
    struct buf got;            /* all that was received */
    void (*then)(struct guest *g,
                 enum told what); /* MAY: set by the test; called behind the note */
    void *of;                     /* the test's */
};

void guest_connect(struct guest *g, struct loop *l, const struct addr *to);
void guest_connect_tls(struct guest *g, struct loop *l, const struct addr *to,
                       struct tls_context *tls, const char *server_name);
void guest_take(struct guest *g, struct loop *l, int fd, struct tls_context *tls);
void guest_forget(struct guest *g);                /* ready to be used again */
void guest_leave(struct guest *g, struct loop *l); /* closes, turns until closed, forgets */
void guest_ended_with(const struct guest *g, const char *why); /* NULL: properly */
void guest_was_told(const struct guest *g, const char *want);  /* "connected ended", in any order */

/* ---- peers ---- */

int peer_listen(const struct addr *at, struct addr *bound, int backlog); /* blocking */
int peer_meet(struct guest *g, struct loop *l,
              enum family f); /* the other end of a connected guest */
void peer_pair(enum family f, int fds[2]);
void peer_reset(int fd); /* TCP: closes with a reset */
void peer_write(int fd, const void *bytes, size_t n);
size_t peer_read(int fd, struct loop *l, size_t n); /* pattern bytes, while the loop turns */

/* ---- bytes ---- */

char *pattern_make(size_t n); /* to be freed with mem_free */
bool pattern_is(str bytes);

/* ---- a host: accepts and echoes, on the loop ---- */

struct host {
    struct loop *loop;
    struct listener listener;
    struct tls_context *tls; /* MAY */
    struct addr at;
    struct list rooms; /* its sockets */
    unsigned open, served;
};
void host_open(struct host *h, struct loop *l, enum family f, struct tls_context *tls);
void host_close(struct host *h); /* with all its sockets */

#endif
