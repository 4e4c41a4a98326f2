/* codec/json_walk.h: JSON (RFC 8259) piece by piece, where it stands: nothing is copied, nothing
 * allocated, no recursion, linear time. Every byte that was passed is checked against the grammar:
 * brackets, commas, keys, numbers, escapes, control characters; not whether strings are UTF-8
 * (json_read.h replaces what is not). A byte order mark in front is skipped. Pure. */
#ifndef WEIR_CODEC_JSON_WALK_H
#define WEIR_CODEC_JSON_WALK_H

#include "base/str.h"

enum { JSON_DEEPEST = 1024 }; /* containers in each other; deeper is broken */

enum json_kind {
    JSON_IS_MISSING, /* there is no such value */
    JSON_IS_BROKEN,  /* the text is not JSON */
    JSON_IS_NULL,
    JSON_IS_FALSE,
    JSON_IS_TRUE,
    JSON_IS_NUMBER,
    JSON_IS_STRING,
    JSON_IS_ARRAY,
    JSON_IS_OBJECT,
};

struct json_item {
    enum json_kind kind;
    bool closes; /* the end of the array or object that is open; raw is its bracket */
    str key;     /* of a member, with its quotes; p is NULL in arrays and in front */
    str raw;     /* as it stands in the text; of an array or object only the bracket */
};

/* An array or object begins here. */
static inline bool json_opens(const struct json_item *item)
{
    return item->kind >= JSON_IS_ARRAY && !item->closes;
}

struct json_walk {
    const char *start, *p, *end;        /* p: the first byte that was not passed */
    const char *why;                    /* what is wrong at p, static; NULL: nothing */
    unsigned depth;                     /* arrays and objects that are open */
    bool begun;                         /* the outermost value was begun */
    bool fresh;                         /* the innermost container was just opened */
    uint64_t arrays[JSON_DEEPEST / 64]; /* a bit for each open container: it is an array */
};

void json_walk_start(struct json_walk *w, str text);

/* The next value, or the end of a container. False behind the last one, and where the text is
 * broken (w->why). What stands behind the outermost value is not looked at. */
bool json_walk_next(struct json_walk *w, struct json_item *item);

/* Passes what is inside a container that was just opened, its end too. False: broken. */
bool json_walk_skip(struct json_walk *w);

/* Nothing but white space is left; else false, broken. */
bool json_walk_end(struct json_walk *w);

#endif
