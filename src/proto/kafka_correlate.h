/* proto/kafka_correlate.h: where in a record the id stands that joins a reply to its request: a
 * header, the key, or inside the value. Pure. One thread at a time (regular expressions keep
 * state): each worker reads the text for itself. */
#ifndef WEIR_PROTO_KAFKA_CORRELATE_H
#define WEIR_PROTO_KAFKA_CORRELATE_H

#include <regex.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json_pointer.h"

enum kafka_correlate_kind {
    KAFKA_CORRELATE_HEADER, /* the value of the last header of that name */
    KAFKA_CORRELATE_KEY,    /* all of the key */
    KAFKA_CORRELATE_JSON,   /* a string or number in the value */
    KAFKA_CORRELATE_BYTES,  /* a stretch of the value */
    KAFKA_CORRELATE_REGEX,  /* what a regular expression finds in the value */
};

struct kafka_correlate {
    str text; /* as it was written */
    enum kafka_correlate_kind kind;
    const char *header;
    struct json_pointer pointer;
    uint64_t offset, length; /* bytes of the value */
    regex_t expression;      /* POSIX, extended */
};

/* "header:NAME", "key", "json:/POINTER" or "json:$.a.b" (also "$.a.b" alone),
 * "bytes:OFFSET,LENGTH", "regex:EXPRESSION" (its first group, or all that it matches). Copied into
 * the arena. False with a sentence (ERR_USAGE), and nothing to free. */
bool kafka_correlate_parse(str text, struct arena *arena, struct kafka_correlate *out,
                           struct err *e);
void kafka_correlate_free(struct kafka_correlate *c);

/* A record, wherever it comes from. */
struct kafka_correlated {
    str key, value; /* p is NULL: null */
    /* The last header of that name; false: there is none. value->p NULL: null. */
    bool (*header)(const void *record, const char *name, str *value);
    const void *record; /* what `header` is asked with */
};

enum kafka_correlate_found {
    KAFKA_CORRELATE_FOUND,
    KAFKA_CORRELATE_ABSENT,      /* nothing is there, or null, or no bytes */
    KAFKA_CORRELATE_UNDECODABLE, /* the value is not JSON, or shorter than that, or the JSON there
                                  * is neither string nor number */
};

/* Finds the id: *id is a view of the record, or of *room, which is emptied before (a JSON string
 * without its escapes, what an expression finds). */
enum kafka_correlate_found kafka_correlate_find(const struct kafka_correlate *c,
                                                const struct kafka_correlated *record,
                                                struct buf *room, str *id);

#endif
