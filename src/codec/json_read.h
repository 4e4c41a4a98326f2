/* codec/json_read.h: what a value means. Takes values as json_walk.h or json_pointer.h gave them:
 * whole, and checked against the grammar. Pure. */
#ifndef WEIR_CODEC_JSON_READ_H
#define WEIR_CODEC_JSON_READ_H

#include "base/buf.h"
#include "codec/json_walk.h"

/* The kind, by the first byte. */
enum json_kind json_kind_of(str raw);

/* "null", "boolean", "number", ...: what people call it. Static. */
const char *json_kind_name(enum json_kind kind);

/* A number as the nearest double; infinite when it is too large for one. */
double json_number(str raw);

/* A string without its quotes and escapes: a view of the value where that changes nothing, else
 * written into *room, which is emptied before. Always UTF-8: half a surrogate pair and each byte
 * that belongs to no character become U+FFFD. */
str json_text(str raw, struct buf *room);

/* Is this what the string says? Without writing it anywhere. Bytes that are no UTF-8 are only equal
 * to themselves. */
bool json_text_is(str raw, str text);

/* Order of two strings by what they say, byte by byte; 0: they say the same. */
int json_text_compare(str a, str b);

/* Elements of an array, members of an object (a key that is there twice counts twice); of anything
 * else 0. */
uint64_t json_count(str raw);

#endif
