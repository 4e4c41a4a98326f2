/* base/json_out.h: writing JSON (RFC 8259) in the order in which it is said, always valid UTF-8,
 * numbers never with an exponent. Reading is jansson's (settings) and codec/json_walk.h's. One
 * thread. */
#ifndef WEIR_BASE_JSON_OUT_H
#define WEIR_BASE_JSON_OUT_H

#include "base/buf.h"

/* Starts as {.out = &buf}. Whoever writes gives each object's members a key before their value. */
struct json_out {
    struct buf *out;
    unsigned depth;     /* objects and arrays that are open */
    uint64_t arrays;    /* a bit for each depth: it is an array */
    uint64_t not_empty; /* a bit for each depth: it has a member */
    bool keyed;         /* a key was just written */
    bool line;          /* the next member starts a line */
};

void json_out_object(struct json_out *j);
void json_out_array(struct json_out *j);
void json_out_end(struct json_out *j); /* of the innermost object or array */

void json_out_line(struct json_out *j); /* the next member, or end, starts an indented line */
void json_out_key(struct json_out *j, str name);

void json_out_text(struct json_out *j, str text);
void json_out_count(struct json_out *j, uint64_t n);
void json_out_number(struct json_out *j, double v); /* not finite: null */
void json_out_bool(struct json_out *j, bool b);
void json_out_raw(struct json_out *j, str json); /* a value that is JSON already */

/* The text alone with its quotes, or what stands between them; each byte that is no UTF-8 becomes
 * U+FFFD. */
void json_out_quote(struct buf *out, str text);
void json_out_escape(struct buf *out, str text);

#endif
