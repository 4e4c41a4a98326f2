/* loop/sock.h: stream sockets on a loop. The struct is embedded by its owner and belongs to the
 * loop from sock_connect, sock_take or sock_listen until `closed` was called. With a TLS context
 * (tls.h) the owner sees plain bytes and nothing else changes. */
#ifndef WEIR_LOOP_SOCK_H
#define WEIR_LOOP_SOCK_H

#include "base/list.h"
#include "base/str.h"
#include "loop/addr.h"
#include "loop/loop.h"

struct sock;
struct tls;
struct tls_context;

/* What the owner is told, always from within loop_turn. A reason (`why`) is static text in words a
 * user understands: "connection refused", "connection reset". */
struct sock_events {
    /* MUST for sock_connect: connected, TLS handshake included. */
    void (*connected)(struct sock *s);
    /* MUST: bytes came; valid during the call only. Also called after the peer's end was seen. */
    void (*received)(struct sock *s, str bytes);
    /* MUST: nothing more will come. why is NULL when the peer ended the stream properly, else the
     * reason (connecting failed, reset, TLS). The owner still has to call sock_close. */
    void (*ended)(struct sock *s, const char *why);
    /* MAY: all bytes of the last sock_send, and of those before it, were handed to the kernel;
     * their memory is free again. */
    void (*sent)(struct sock *s);
    /* MUST: the loop has let go of the socket; its memory may be freed here. */
    void (*closed)(struct sock *s);
};

enum sock_state {
    SOCK_CONNECTING,
    SOCK_OPEN,
    SOCK_ENDED,   /* ended was called */
    SOCK_CLOSING, /* sock_close was called */
};

struct sock {
    const struct sock_events *on; /* the owner's table */
    struct loop *loop;
    struct tls *tls;       /* NULL: plain */
    const struct addr *to; /* while connecting; the caller's, must live until then */
    const char *out;       /* what the kernel shall still take */
    size_t out_n;          /* bytes of it; 0: nothing is being sent */
    const char *why;       /* why it ended, static text; NULL: properly */
    struct list link;      /* in the loop's todo */
    uint64_t stamp_ns;    /* with stamps: wall ns at which the kernel got the bytes delivered now */
    int fd;               /* -1: none */
    uint8_t kernel_holds; /* io_uring: a bit for each kind of operation under way */
    uint8_t state;        /* enum sock_state */
    uint8_t todo;         /* TODO_* of backend.h */
    bool stamps;          /* receive with kernel time stamps (epoll loop only) */
    bool sending;         /* a sock_send is not all out yet, or failed */
    bool fed;             /* io_uring: bytes came since its receive was armed */
};

/* Connects. Failure comes as `ended`, never as a return value. tls may be NULL; server_name is for
 * SNI and verification (may be NULL with unix sockets). */
void sock_connect(struct loop *l, struct sock *s, const struct sock_events *on,
                  const struct addr *to, struct tls_context *tls, const char *server_name);

/* Takes over a connected descriptor (accepted); non-blocking is set here. A tls context makes it
 * the server's side of a handshake; connected is called behind that, and never without TLS. */
void sock_take(struct loop *l, struct sock *s, const struct sock_events *on, int fd,
               struct tls_context *tls);

/* From now on each delivery carries the kernel's receive time (SO_TIMESTAMPNS) in s->stamp_ns, 0
 * when the kernel has none; needs the epoll loop. Right behind sock_take. */
void sock_stamps(struct sock *s);

/* Sends all n bytes, in as many pieces as it takes; 0 bytes: nothing happens, no `sent` comes. The
 * memory must stay until `sent`, or, for owners without `sent`, until `closed` or the peer's answer
 * to them. Not while sock_sending. What is not out when the stream ends may be lost. */
void sock_send(struct sock *s, const void *bytes, size_t n);
bool sock_sending(const struct sock *s);

/* Ends it: nothing is delivered any more but `closed`, in this turn or a later one, never from
 * within this call. May be called twice. */
void sock_close(struct sock *s);

/* Listening. `accepted` gets connected descriptors, which it gives to sock_take or closes; it may
 * close the listener. When the process has no descriptors left, connects wait in the backlog (a
 * warning says so once) and are let in as soon as there are some again. */
struct listener {
    struct watch watch; /* the loop's */
    struct timer rest;  /* the loop's: armed while there are no descriptors */
    struct loop *loop;  /* the loop's */
    bool warned;
    void (*accepted)(struct listener *li, int fd); /* set by the owner */
};
/* Binds and listens (backlog 4096 so that a frozen target does not falsify a stall test). False:
 * "cannot listen on …: Address already in use". Port 0 picks a free one; *port is what it is then.
 */
bool listener_open(struct loop *l, struct listener *li, const struct addr *at, uint16_t *port,
                   struct err *e);
void listener_close(struct listener *li); /* refuses from now on; the port is free */

/* errno in the words that books and reports use; static text. */
const char *sock_reason(int error);

#endif
