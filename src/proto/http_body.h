/* proto/http_body.h: the body of a response, read from bytes as they come (RFC 9112 sections 6 and
 * 7). A pure state machine that keeps no bytes: data is given back as slices of the input. How the
 * bytes are cut into calls changes the slices but never their sum, the end or the error. */
#ifndef WEIR_PROTO_HTTP_BODY_H
#define WEIR_PROTO_HTTP_BODY_H

#include "proto/http_parse.h"

/* Bytes; a longer chunk size with its extensions, or longer trailers in all, are an error. */
enum { HTTP_CHUNK_LINE_MAX = 16 << 10, HTTP_TRAILERS_MAX = 64 << 10 };

struct http_body {
    uint64_t left;   /* bytes to come, of the body or of the chunk */
    const char *why; /* after HTTP_ERROR: static text such as "a chunk size that is not a number" */
    uint32_t line;   /* bytes so far of the chunk size with extensions, or of the trailers */
    uint8_t state;   /* of http_body.c */
};

void http_body_start(struct http_body *b, const struct http_head *head);

/* Takes bytes from the front of *rest, up to and with the next run of body data, which is *data
 * (empty: none; it points into the input). HTTP_MORE: call again while *rest is not empty, then
 * with the next bytes. HTTP_DONE: the body is complete (its last run may come with this) and *rest
 * begins behind it; said again by every later call, and by the first one, with empty input too,
 * when there is no body. HTTP_ERROR: see why; final. */
enum http_step http_body_feed(struct http_body *b, str *rest, str *data);

/* The peer has ended the stream: HTTP_DONE when that ends the body or the body was complete, else
 * HTTP_ERROR (cut short). */
enum http_step http_body_eof(struct http_body *b);

#endif
