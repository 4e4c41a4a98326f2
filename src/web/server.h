/* web/server.h: HTTP for viewers: a libmicrohttpd daemon with one thread of its own, its routes,
 * and the rules of access (access.h) before any of them. */
#ifndef WEIR_WEB_SERVER_H
#define WEIR_WEB_SERVER_H

#include <microhttpd.h>

#include "base/buf.h"
#include "web/address.h"

struct server;

/* On the server's thread. */
struct server_request {
    struct server *server;
    struct MHD_Connection *connection;
    const struct server_route *route;
    struct buf body; /* complete */
    bool too_long;   /* it is cut */
    bool answering;  /* its answer is not yet out */
    void *stream;    /* the route's, given to server_options.ended */
};

typedef enum MHD_Result server_answer(void *owner, struct server_request *q);

struct server_route {
    const char *method, *path; /* NULL ends a list */
    server_answer *answer;     /* queues exactly one response */
};

struct server_options {
    struct web_address at;
    const struct server_route *routes;
    void *owner;                              /* of the routes */
    void (*ended)(void *owner, void *stream); /* a request with a stream is over */
    str token;                                /* that is asked for; empty: nobody is asked */
    const char *option;                       /* "--ui": for sentences */
};

/* Options are kept, their texts live longer. False sentence: what is wrong with the address. */
struct server *server_open(const struct server_options *o, struct err *e);
const char *server_url(const struct server *s); /* "http://127.0.0.1:8089" */
/* Ends its thread. Suspended connections must have been resumed. */
void server_close(struct server *s);

/* A header, a query's value; empty when absent. */
str server_header(const struct server_request *q, const char *name);
str server_query(const struct server_request *q, const char *name);

/* Answers; takes the body and leaves it empty. */
enum MHD_Result server_reply(struct server_request *q, unsigned status, const char *type,
                             struct buf *body);
/* {"error": "…"} */
enum MHD_Result server_refuse(struct server_request *q, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Queues a response that was made by the caller, with the headers that all have; takes it. */
enum MHD_Result server_queue(struct server_request *q, unsigned status,
                             struct MHD_Response *response);

#endif
