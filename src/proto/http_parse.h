/* proto/http_parse.h: the head of an HTTP/1.x response, read as a pure function over the bytes that
 * have come so far (RFC 9112; field rules RFC 9110). No table of headers is built: the parser keeps
 * what framing and the connection need, the rest is found later by walking over the bytes.
 * All views point into the caller's bytes and live as long as these. Any thread. */
#ifndef WEIR_PROTO_HTTP_PARSE_H
#define WEIR_PROTO_HTTP_PARSE_H

#include "base/str.h"

enum { HTTP_HEAD_MAX = 1 << 20 }; /* bytes; a longer head is an error */

enum http_step {
    HTTP_MORE,  /* so far good, not yet complete */
    HTTP_DONE,  /* complete */
    HTTP_ERROR, /* not HTTP, or broken; the reason is in `why` */
};

/* How the end of the body is found (RFC 9112 section 6.3). */
enum http_framing {
    HTTP_BODY_NONE,    /* answer to HEAD, 1xx, 204, 304 */
    HTTP_BODY_LENGTH,  /* Content-Length */
    HTTP_BODY_CHUNKED, /* Transfer-Encoding that ends in chunked */
    HTTP_BODY_CLOSE,   /* the connection's end */
};

/* Starts as {.to_head = …}, all else zero. */
struct http_head {
    bool to_head; /* set by the caller: the request was HEAD */

    /* Results, valid after HTTP_DONE: */
    bool keep_alive; /* the connection may carry another request behind the body */
    uint8_t minor;   /* of HTTP/1.minor */
    uint8_t framing; /* enum http_framing */
    uint16_t status; /* 100 .. 999 */
    uint32_t n;      /* bytes of the head with its blank line */
    uint64_t length; /* bytes of the body; with HTTP_BODY_LENGTH only, else 0 */
    str reason;      /* the phrase behind the status, often empty */
    str fields;      /* the header lines, for http_header_next */
    str location;    /* of a 3xx; p is NULL when there is none */
    const char *why; /* after HTTP_ERROR: static text such as "not HTTP" */

    /* The parser's own between two calls: */
    const char *length_why; /* what is wrong with Content-Length, should it be needed */
    uint32_t at;            /* start of the line that is not complete yet */
    uint32_t scanned;       /* no line end before this byte */
    uint32_t name_n;        /* of that line's header; 0: its colon did not come yet */
    uint32_t fields_at;     /* behind the status line; 0: not yet seen */
    uint8_t seen;           /* which fields came: bits of http_parse.c */
};

/* Reads the head at the start of `bytes`; what follows it is not looked at. After HTTP_MORE call
 * again with the same bytes and more behind them (they may have moved): work already done is not
 * repeated. How the bytes are cut into calls never changes the outcome. Accepted beside the letter
 * of the RFC: a bare LF as line end, folded values, a status line that ends after the number. */
enum http_step http_head_parse(struct http_head *h, str bytes);

struct http_header {
    str name;  /* as it was sent */
    str value; /* without white space around it; a folded one holds its line breaks */
};

/* Takes the next header from *rest, which starts as the `fields` of a complete head; false at the
 * end. */
bool http_header_next(str *rest, struct http_header *out);

/* Value of the first header of that name, in any case; p is NULL when there is none. A whole head
 * will do as well: neither its first line nor the blank one has the name of a header. */
str http_header_find(str fields, str name);

/* Takes the next item of a comma-separated list, trimmed; empty ones are passed over (RFC
 * 9110 5.6.1). */
bool http_list_next(str *rest, str *item);

/* Whether all of s (at least one byte) may stand in a method or a header name (RFC 9110 5.6.2). */
bool http_is_token(str s);

#endif
