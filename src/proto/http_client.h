/* proto/http_client.h: HTTP/1.1 as a protocol of the engine: keep-alive connections that are opened
 * on demand, calls that wait for one in the order in which they came, one exchange at a time on
 * each. Users with sessions (protocol.h) may have cookies and connections of their own. */
#ifndef WEIR_PROTO_HTTP_CLIENT_H
#define WEIR_PROTO_HTTP_CLIENT_H

#include "loop/addr.h"
#include "proto/http_request.h"
#include "proto/protocol.h"

extern const struct protocol http_protocol;

/* A server that calls go to. */
struct http_origin {
    struct http_url url;          /* its path does not matter */
    struct addr addrs[ADDR_MOST]; /* where it is: tried in order when a client opens */
    unsigned n_addrs;
};

/* What http_protocol's clients are opened with; shared by all workers, lives as long as the plan.
 * Each client is ready when it has a connection to each origin. */
struct http_config {
    struct http_origin *origins;
    unsigned n_origins;
    unsigned connections;      /* to each origin at most, over all workers */
    bool capped;               /* the user set this limit: reaching it is no fault of ours */
    bool may_need_tls;         /* https, or redirects are followed, which may lead there */
    bool insecure;             /* accept any certificate */
    bool cookies;              /* with sessions: users keep cookies, and send them unless the
                                * request has a Cookie header of its own. Cookies go by the name
                                * in the Host header */
    bool connections_per_user; /* with sessions: a user's calls go to the connection that it used
                                * last, else to a new one; only at the limit to one that somebody
                                * else has used, the one that rested longest */
    uint64_t timeout_ns;       /* of the first connects */
};

/* What stays the same in each call that is made of it. */
struct http_definition {
    unsigned origin;                  /* of the config's, from 0 */
    const struct http_url *elsewhere; /* an origin that is none of these, looked up when it is first
                                       * called; NULL: `origin` says */
    const uint16_t *expect;           /* statuses that are ok; NULL: every 2xx and 3xx */
    unsigned n_expect;
    unsigned follow; /* redirects to follow at most */
};

/* What a call's `request` points to; the definition lives as long as the plan. */
struct http_message {
    const struct http_definition *definition;
    struct http_prepared prepared; /* written once, or rendered for this call */
};

/* Raises the soft limit of open files to the hard one; how many connections this process may open
 * to each of so many origins without a limit of the user's own: min(10 000, limit - 256) in all. */
unsigned http_connections_possible(unsigned origins);

/* Fills all origins' addrs; blocks. "cannot find host …" */
bool http_config_resolve(struct http_config *c, struct err *e);

#endif
