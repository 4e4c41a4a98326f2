/* proto/http_request.h: a request, said in parts and made into bytes once (RFC 9112 section 3), and
 * the request that follows a redirect. Pure. */
#ifndef WEIR_PROTO_HTTP_REQUEST_H
#define WEIR_PROTO_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/http_parse.h"
#include "proto/http_url.h"

/* What is asked. Owns nothing: all strings live as long as their maker says. */
struct http_request {
    str method;                        /* sent as it is: methods are case-sensitive */
    const struct http_url *url;        /* MUST */
    const struct http_header *headers; /* the user's; they replace the defaults of the same name */
    size_t header_count;
    str credentials; /* "user:password" for basic authentication; p is NULL: those of the URL, if
                        any */
    str body;        /* n is 0: none */
};

/* What is sent. */
struct http_prepared {
    str bytes;     /* head and body */
    size_t head_n; /* bytes of the head with its blank line */
    bool is_head;  /* HEAD: the answer has no body (http_head.to_head) */
    bool closes;   /* the user's Connection says close: no further request on the connection */
};

/* Writes the request: Host, User-Agent, Accept, Authorization, the user's headers in their order,
 * Content-Length (when there is a body, and always for POST, PUT and PATCH). Memory from the arena.
 * False with a sentence (ERR_USAGE): method or name not a token, CR, LF or NUL in a value, CONNECT,
 * Transfer-Encoding, a Content-Length that is not the body's, Host more than once. */
bool http_request_prepare(const struct http_request *request, struct arena *arena,
                          struct http_prepared *out, struct err *e);

/* The check of one header alone, for those that are rendered later. */
bool http_header_check(str name, str value, struct err *e);

/* Whether a response with this status and a Location sends the client elsewhere: 301 302 303 307
 * 308. */
bool http_is_redirect(unsigned status);

/* The request that follows (RFC 9110 section 15.4): 303, and 301 or 302 after POST, make it a GET
 * without body and Content-* headers (HEAD stays HEAD); else method and body stay. When `to` has
 * another origin, Authorization, Proxy-Authorization, Cookie, Host and the credentials stay behind.
 * The headers' array is in the arena, everything else belongs to the original or to `to`. */
struct http_request http_request_redirect(const struct http_request *original, unsigned status,
                                          const struct http_url *to, struct arena *arena);

#endif
