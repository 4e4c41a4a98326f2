/* proto/http_request.h: a request, said in parts and made into bytes (RFC 9112 section 3), once or
 * as the template of many; and its head read back. Pure. */
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
    str credentials;   /* "user:password" for basic authentication; p is NULL: those of the URL, if
                          any */
    str body;          /* n is 0: none */
    bool length_later; /* there will be a body, whose length a template fills in; none is here */
};

/* What is sent. */
struct http_prepared {
    str bytes;     /* head and body */
    size_t head_n; /* bytes of the head with its blank line */
    bool is_head;  /* HEAD: the answer has no body (http_head.to_head) */
    bool closes;   /* the user's Connection says close: no further request on the connection */
};

/* Writes the request: Host, User-Agent, Accept, Authorization, the user's headers in their order,
 * Content-Length (when there is a body, and always for POST, PUT and PATCH). "${name}" in the
 * target and in the values of headers is text like any other; with length_later the last header is
 * "Content-Length: ${content-length}". Memory from the arena. False with a sentence (ERR_USAGE):
 * method or name not a token, CR, LF or NUL in a value, CONNECT, Transfer-Encoding, a
 * Content-Length that is not the body's, Host more than once. */
bool http_request_prepare(const struct http_request *request, struct arena *arena,
                          struct http_prepared *out, struct err *e);

/* The check of one header alone, and of its value alone, for those that are rendered later. */
bool http_header_check(str name, str value, struct err *e);
bool http_header_value_check(str name, str value, struct err *e);

/* Does this header say that the connection ends behind the reply (Connection: close)? */
bool http_header_closes(str name, str value);

/* A head that was prepared, perhaps rendered, as views into its bytes. */
struct http_request_head {
    str method;
    str target; /* begins with '/' */
    str fields; /* the header lines, for http_header_next */
};

/* Reads a request's head with its blank line. False: the bytes are not what http_request_prepare
 * makes. */
bool http_request_head_read(str head, struct http_request_head *out);

#endif
