/* proto/http_client.h: HTTP/1.1 as a protocol of the engine: keep-alive connections that are opened
 * on demand, calls that wait for one in the order in which they came, one exchange at a time on
 * each. */
#ifndef WEIR_PROTO_HTTP_CLIENT_H
#define WEIR_PROTO_HTTP_CLIENT_H

#include "loop/addr.h"
#include "proto/http_request.h"
#include "proto/protocol.h"

extern const struct protocol http_protocol;

/* What http_protocol's clients are opened with; shared by all workers, lives as long as the plan.
 */
struct http_config {
    struct http_url url;          /* the origin; its path does not matter */
    struct addr addrs[ADDR_MOST]; /* where it is: tried in order when a client opens */
    unsigned n_addrs;
    unsigned connections;     /* at most, over all workers */
    bool connections_by_user; /* the user set this limit: reaching it is no fault of ours */
    bool may_need_tls;        /* https, or redirects are followed, which may lead there */
    bool insecure;            /* accept any certificate */
    uint64_t timeout_ns;      /* of the first connect */
};

/* What a prepared call's `request` points to: what is sent, and which answers are right. */
struct http_definition {
    struct http_request request;   /* in parts: a redirect is made from them */
    struct http_prepared prepared; /* in bytes */
    const uint16_t *expect;        /* statuses that are ok; NULL: every 2xx and 3xx */
    unsigned n_expect;
    unsigned follow; /* redirects to follow at most */
};

/* Raises the soft limit of open files to the hard one; how many connections this process may open
 * without a limit of the user's own: min(10 000, limit - 256). */
unsigned http_connections_possible(void);

/* Fills url's addrs; blocks. "cannot find host …" */
bool http_config_resolve(struct http_config *c, struct err *e);

/* "wrong answer (503)": static text for each status. */
const char *http_wrong_answer(unsigned status);

#endif
