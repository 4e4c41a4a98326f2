/* codec/json_pointer.h: one value out of a text, by its place: read once, found many times. Pure.
 */
#ifndef WEIR_CODEC_JSON_POINTER_H
#define WEIR_CODEC_JSON_POINTER_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/json_walk.h"

struct json_step {
    str name;       /* a member's key, without escapes */
    uint64_t index; /* an element's; UINT64_MAX: the name is none */
};

struct json_pointer {
    str text; /* as it was written */
    const struct json_step *steps;
    size_t n; /* 0: the whole text */
};

/* "/a/b/0" (RFC 6901: ~1 is /, ~0 is ~) or "$.a.b[0]"; "" and "$" are the whole text. Copied into
 * the arena. False with a sentence (ERR_USAGE). */
bool json_pointer_parse(str text, struct arena *arena, struct json_pointer *out, struct err *e);

struct json_value {
    enum json_kind kind;
    str raw;         /* the whole value as it stands in the text; empty when there is none */
    const char *why; /* JSON_IS_BROKEN: what is wrong, static */
    size_t offset;   /* JSON_IS_BROKEN: bytes before that place */
};

/* Finds the value; true: there is one. The text is read, and checked as json_walk.h says, from its
 * start to the end of the value, or to where it is certain that there is none (for the whole text:
 * to its end); what comes later may be anything. Of equal keys the first counts. Nothing is
 * allocated. */
bool json_find(str text, const struct json_pointer *p, struct json_value *out);

#endif
