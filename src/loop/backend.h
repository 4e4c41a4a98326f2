/* loop/backend.h: between the loop and its two backends; private to src/loop. The common half
 * (loop.c, sock.c) decides what happens when; a backend only moves bytes and waits. */
#ifndef WEIR_LOOP_BACKEND_H
#define WEIR_LOOP_BACKEND_H

#include "loop/sock.h"

struct backend {
    const char *name;
    /* MUST. Makes the backend's struct, whose first member is the loop. NULL with a sentence when
     * this kernel cannot do it; found out by trying, not by version. */
    struct loop *(*open)(const struct loop_options *options, struct err *e);
    /* MUST. Frees it; no socket is left, watches may be. */
    void (*close)(struct loop *l);
    /* MUST. Submits what is queued and sleeps until something completed or wake_ns (0: no sleep).
     */
    void (*wait)(struct loop *l, uint64_t before_ns, uint64_t wake_ns);
    /* MUST. Calls sock_did_* and watch->readable for what completed, as far as it was there at the
     * start. */
    void (*deliver)(struct loop *l);
    /* MUST. s->fd is a new socket, s->to the address. Then sock_did_connect, once. */
    void (*connect)(struct sock *s);
    /* MUST. From now on: sock_did_receive as bytes come, sock_did_end at last. */
    void (*receive)(struct sock *s);
    /* MUST. s->out, s->out_n; then sock_did_send, until it says that all is out. */
    void (*send)(struct sock *s);
    /* MUST. Takes everything back from the kernel; then sock_let_go, perhaps at once. */
    void (*let_go)(struct sock *s);
    /* MUST. Reads on at the end of the turn, after sock_todo(TODO_READ). */
    void (*read_on)(struct sock *s);
    /* MUST. Both as loop_watch and loop_unwatch promise. */
    void (*watch)(struct watch *w, struct loop *l);
    void (*unwatch)(struct watch *w, struct loop *l);
};

extern const struct backend epoll_backend;
extern const struct backend uring_backend;

/* Those of this build, best first; NULL behind the last (backends.c). */
extern const struct backend *const loop_backends[];

struct loop {
    const struct backend *backend;
    uint64_t now_ns;  /* of this turn */
    uint64_t busy_ns; /* work of the last turn */
    struct heap timers;
    struct wheel timeouts;
    struct list todo; /* sockets with something to do at the end of the turn */
    struct mailbox box;
    struct watch box_watch;
};

/* Reasons for a socket to be in `todo`. */
enum {
    TODO_READ = 1,  /* the backend stopped reading to let others go first */
    TODO_SENT = 2,  /* tell the owner */
    TODO_END = 4,   /* s->why says why */
    TODO_CLOSE = 8, /* the kernel has let go */
};
void sock_todo(struct sock *s, unsigned what);
void sock_do_todo(struct loop *l); /* the end of a turn */

/* Backends report here. error: 0 or errno. */
void sock_did_connect(struct sock *s, int error);
void sock_did_receive(struct sock *s, const char *bytes, size_t n);
void sock_did_end(struct sock *s, int error);
/* n bytes of s->out are in the kernel. True: there is more to send. */
bool sock_did_send(struct sock *s, size_t n);
void sock_send_failed(struct sock *s, int error);
void sock_let_go(struct sock *s);

#endif
