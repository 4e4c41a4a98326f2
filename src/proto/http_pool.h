/* proto/http_pool.h: the inside of the HTTP client: a client has a pool of connections per origin,
 * the config's and those that redirects lead to. Private to src/proto/http_*.c; one thread. */
#ifndef WEIR_PROTO_HTTP_POOL_H
#define WEIR_PROTO_HTTP_POOL_H

#include "base/buf.h"
#include "loop/sock.h"
#include "proto/http_body.h"
#include "proto/http_client.h"
#include "proto/http_jar.h"

struct http_client {
    struct client client; /* first */
    struct loop *loop;
    struct offload *offload;
    const struct http_config *config;
    struct tls_context *tls;    /* NULL unless the config may need it: it takes 20 ms to make */
    struct err failure;         /* of making it */
    struct list pools;          /* http_pool.link */
    struct http_pool **origins; /* those of the config's, in its order */
    struct timeout probe;       /* of the first connects */
    unsigned unproven;          /* of the origins: no connection was made yet */
    unsigned connections;       /* at most, per pool: this worker's share */
    struct buf scratch;         /* for requests with cookies */
    bool waited;                /* calls waited because of that limit */
    bool ready;                 /* said so, or that it never will be */
    bool closing;
};

/* Connections to one origin. */
struct http_pool {
    struct list link; /* in client.pools */
    struct http_client *client;
    struct http_url url; /* origin; strings in the arena */
    struct arena arena;
    const struct addr *addrs; /* config's, or resolved's */
    unsigned n_addrs, addr;   /* the one in use */
    bool proven;              /* a connection to it was made: it stays in use */
    const char *server_name;  /* for TLS; NULL with unix sockets */
    struct list idle;         /* http_conn.link, last used first; when users have connections of
                               * their own: first those nobody had, then last used last */
    struct list connecting;   /* http_conn.link, oldest first */
    struct list waiting;      /* http_call.link, first come first served */
    unsigned n_connecting, n_waiting;
    unsigned open;                /* connections that hold a descriptor, closing ones too */
    unsigned lost;                /* connections that ended and were not replaced yet */
    struct http_resolve *resolve; /* a name lookup that is under way, else NULL */
};

enum http_conn_state {
    HTTP_CONN_CONNECTING,
    HTTP_CONN_IDLE,
    HTTP_CONN_HEAD, /* a call is on it; its reply's head is being read */
    HTTP_CONN_BODY,
    HTTP_CONN_CLOSING,
};

struct http_conn {
    struct sock sock; /* first */
    struct list link; /* in pool.idle or pool.connecting */
    struct list own;  /* in the conns of the user that has it */
    struct http_pool *pool;
    struct call *call; /* the exchange under way; NULL: none */
    struct http_head head;
    struct http_body body;
    struct buf partial; /* a head that came in pieces; else empty and without memory */
    uint8_t state;      /* enum http_conn_state */
    bool replaces;      /* opened in place of a lost one, not yet told to any call */
    bool heard;         /* bytes of the reply have come */
    bool had;           /* a user has it, or had it */
    bool gone;          /* its user went and closed it: it is not lost */
};

/* What a user keeps between its calls. */
struct http_session {
    struct list conns; /* http_conn.own; zero: never used */
    struct http_jar jar;
};

/* The protocol's part of a call (call_own). */
struct http_call {
    struct list link; /* in pool.waiting */
    struct http_pool *pool;
    struct http_conn *conn;       /* that carries it; NULL: it waits */
    struct http_session *session; /* its user's; NULL: it has none */
    const struct http_definition *definition;
    const struct http_prepared *asked; /* the message's bytes, or those of the last redirect */
    const struct http_prepared *sent;  /* the same, with the user's cookies if it has some */
    struct arena arena;                /* of redirects and cookies */
    str location;                      /* where the reply says to go on; p is NULL: nowhere */
    unsigned followed;                 /* redirects so far */
    bool goes_on;                      /* answered by a redirect that is followed, into pool */
};

static inline struct http_call *http_call_of(struct call *c)
{
    return call_own(c);
}

/* ---- pools (http_pool.c) ---- */

/* Without addresses (n is 0) they are looked up on the offload thread when a call needs them. */
struct http_pool *http_pool_open(struct http_client *c, const struct http_url *origin,
                                 const struct addr *addrs, unsigned n);
struct http_pool *http_pool_find(struct http_client *c,
                                 const struct http_url *url); /* or opens it */
void http_pool_close(struct http_pool *p); /* goes when its last connection has */

void http_pool_connect(struct http_pool *p);                 /* one connection more */
void http_pool_take(struct http_pool *p, struct call *call); /* now, or when one is free */
void http_pool_forget(struct http_pool *p,
                      struct call *call); /* a waiting call is not wanted any more */
void http_pool_free_conn(struct http_pool *p, struct http_conn *conn); /* can carry the next call */
void http_pool_opened(struct http_pool *p, struct http_conn *conn);
void http_pool_refused(struct http_pool *p, const char *why); /* a connect failed */
void http_pool_gone(struct http_pool *p, bool lost);          /* a connection is gone */

/* ---- connections (http_conn.c) ---- */

struct http_conn *http_conn_open(struct http_pool *p);
void http_conn_send(struct http_conn *conn, struct call *call); /* idle → an exchange */
void http_conn_close(struct http_conn *conn); /* its call, if any, is done when the socket is */

/* ---- calls (http_call.c) ---- */

/* session: its user's; NULL: none. */
void http_call_begin(struct http_client *c, struct call *call, struct http_session *session);
/* The head of its reply is here, and its views are valid now only. */
void http_call_heard(struct call *call, const struct http_head *head);
/* The reply is complete: sets the outcome, or makes the request of the redirect (goes_on). */
void http_call_answered(struct call *call, const struct http_head *head);
void http_call_failed(struct call *call, const char *why); /* sets the outcome only */
/* The connection has let go of the call: it is done, or goes on. */
void http_call_released(struct call *call);

/* ---- sessions (http_session.c) ---- */

/* The user's connection in this pool that carries no call; NULL: it has none there. */
struct http_conn *http_session_conn(const struct http_session *s, const struct http_pool *p);
void http_session_has(struct http_session *s, struct http_conn *conn); /* from now on */
void http_session_end(struct client *c, void *session);
/* Makes call.sent of call.asked, which goes to call.pool: the cookies that belong there join it. */
void http_session_join(struct http_session *s, struct http_call *h);
/* Takes the cookies of a reply to call.asked. */
void http_session_learn(struct http_session *s, const struct http_call *h, str fields);

/* ---- clients (http_client.c) ---- */

void http_call_done(struct http_client *c, struct call *call);
/* The pool's first connection is there (why is NULL), or none can be made. */
void http_client_probed(struct http_pool *p, const char *why);
void http_client_pool_gone(struct http_client *c);

#endif
