/* proto/http_url.h: where a request goes: URLs as people type them and as servers send them in
 * Location (RFC 3986; unix sockets in nginx's notation). Pure. */
#ifndef WEIR_PROTO_HTTP_URL_H
#define WEIR_PROTO_HTTP_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct http_url {
    bool tls;        /* https */
    uint16_t port;   /* 1 .. 65535; 0 with a unix socket */
    str host;        /* lower case, IPv6 without brackets; for the resolver and TLS's server name */
    str authority;   /* for the Host header: brackets, the port only where it is not the default */
    str target;      /* path and query, begins with '/'; for the request line */
    str credentials; /* "user:password", percent-decoded; p is NULL when the URL has none */
    str unix_path;   /* n is 0 for TCP; otherwise host and authority are "localhost" */
};

/* Reads http://, https://, no scheme (means http), [::1]:80, user:password@, unix:/path.sock:/uri
 * and http://unix:/path.sock:/uri. A fragment is dropped, bytes above 127 are percent-encoded,
 * everything else in path and query stays as it was written, "${name}" too; white space and control
 * characters are errors. The strings of *out live in the arena. False with a sentence that quotes
 * the URL without its password (ERR_USAGE). */
bool http_url_parse(str text, struct arena *arena, struct http_url *out, struct err *e);

/* The URL that a Location value means at `base` (RFC 3986 section 5.2: absolute, //host, /path,
 * relative path, ?query), without dot segments. A server cannot redirect to a unix socket other
 * than its own. Strings of *out live in the arena or in those of base. False as above, but ERR_RUN.
 */
bool http_url_resolve(const struct http_url *base, str reference, struct arena *arena,
                      struct http_url *out, struct err *e);

/* Adds s percent-encoded: letters, digits and the characters of `stay` stay, every other byte
 * becomes %XX. For a value within a path or a query: HTTP_UNRESERVED (RFC 3986 section 2.3). */
#define HTTP_UNRESERVED "-._~"
void http_percent_add(struct buf *out, str s, const char *stay);

/* Same scheme, host and port (RFC 6454 section 5), or the same unix socket. */
bool http_url_same_origin(const struct http_url *a, const struct http_url *b);

#endif
