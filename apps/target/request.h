/* target/request.h: the head of an HTTP/1.x request, read as a pure function over the bytes that
 * have come so far (RFC 9112; field rules RFC 9110). Strict: what two servers could read
 * differently is refused. All views point into the caller's bytes and live as long as these; the
 * numbers and flags may be kept. Any thread. */
#ifndef WEIR_TARGET_REQUEST_H
#define WEIR_TARGET_REQUEST_H

#include "proto/http_parse.h"

enum { REQUEST_HEAD_MAX = 64 << 10 }; /* bytes, empty lines before it included */

/* Starts as {0}. */
struct request {
    /* Results, valid after HTTP_DONE: */
    str method;      /* as it was sent */
    str target;      /* as it was sent: "/ping?id=7", "http://host/ping" */
    str path;        /* of the target, without scheme and authority: "/ping" */
    str query;       /* behind its '?': "id=7"; empty when there is none */
    str type;        /* Content-Type; p is NULL when there is none */
    uint64_t length; /* bytes of the body; with HTTP_BODY_LENGTH only */
    uint32_t n;      /* bytes of the head with its blank line and empty lines before it */
    uint8_t framing; /* enum http_framing: NONE, LENGTH or CHUNKED */
    uint8_t minor;   /* of HTTP/1.minor */
    bool keep_alive; /* the client would send another request on this connection */
    bool expects;    /* Expect: 100-continue */
    bool wants_json; /* Accept names application/json */

    /* After HTTP_ERROR: the status to answer with, and why, static text. */
    uint16_t status;
    const char *why;

    /* The parser's own: */
    uint32_t start;   /* where the request line begins */
    uint32_t scanned; /* no end of the head before this byte */
    uint8_t seen;     /* which fields came: bits of request.c */
};

/* Reads the head at the start of `bytes`; what follows it is not looked at. After HTTP_MORE call
 * again with the same bytes and more behind them (they may have moved). How the bytes are cut into
 * calls never changes the outcome. A bare LF is accepted as a line end. */
enum http_step request_parse(struct request *r, str bytes);

#endif
