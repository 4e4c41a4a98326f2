/* target/connection_inside.h: the inside of a connection: reading (connection.c) and sending
 * (connection_send.c). Private to these; on the server's thread. */
#ifndef WEIR_TARGET_CONNECTION_INSIDE_H
#define WEIR_TARGET_CONNECTION_INSIDE_H

#include "proto/http_body.h"
#include "target/inbox.h"
#include "target/request.h"
#include "target/server.h"
#include "target/stream.h"

enum { OUT_MOST = 64 * 1024 }; /* answers waiting to be sent; then no more requests are taken up */

enum state {
    READ_HEAD,
    READ_BODY,
    WAIT, /* for the answer's delay */
    SEND, /* the body is being made */
    LAST, /* the last answer is under way or out; what comes is thrown away */
};

struct connection {
    struct sock sock;
    struct server *server;
    struct list link;       /* in server.connections */
    struct timer timer;     /* WAIT: the delay; SEND: the next slow piece */
    struct timeout linger;  /* LAST: the client does not close */
    struct inbox inbox;     /* came too early */
    struct request request; /* its views are gone after the head */
    struct http_body upload;
    struct answer answer;
    struct stream stream; /* what is left of the answer's body */
    struct buf body;      /* text of the answer; an echo: its type, then the request's body */
    size_t type_n;        /* bytes of that type */
    struct buf sending;   /* the kernel reads it */
    struct buf next;      /* will be sent then */
    uint64_t answers;     /* so far */
    uint8_t state;        /* enum state */
    bool to_head;         /* the request is HEAD */
    bool last;            /* this answer ends the connection */
    bool drop;            /* rudely */
    uint64_t freeze_ns;   /* when everything has gone out, the process stands still for that */
};

/* ---- connection_send.c ---- */

/* Hands what waits to the kernel, unless it reads still. */
void connection_flush(struct connection *c);

/* Writes the answer to the request that was read: its beginning at least. */
void connection_answer(struct connection *c);

/* Makes more of the answer's body, as far as there is room for it. */
void connection_make_body(struct connection *c);

#endif
