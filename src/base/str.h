/* base/str.h: strings as pointer and length, by value. A str never owns its bytes and need not end
 * in a zero; whoever made the bytes says how long they live. */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *p; /* first byte; may be NULL when n is 0 */
    size_t n;      /* bytes */
} str;

#define STR(literal) ((str){(literal), sizeof(literal) - 1})
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).n, (s).p

/* A view of a zero-terminated string; NULL gives an empty str. */
str str_from(const char *z);

bool str_eq(str a, str b);
bool str_eq_nocase(str a, str b); /* ASCII only, as HTTP header names need */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_contains(str s, str part);

/* Without white space (space, tab, CR, LF) at both ends. */
str str_trim(str s);

/* From byte `from` on (empty when the string is shorter). */
str str_skip(str s, size_t from);

/* Splits at the first `separator`. Without one: false, *before is all of s and *after is empty.
 * Both outputs may point to s itself. */
bool str_cut(str s, char separator, str *before, str *after);

/* The same at the first occurrence of a whole word (`" over "`). */
bool str_cut_at(str s, str separator, str *before, str *after);

/* Takes the next piece before `separator` (or the rest) from *rest; false when *rest is used up. */
bool str_next(str *rest, char separator, str *piece);

/* Decimal digits only, no sign, no space; false on anything else or on overflow. */
bool str_u64(str s, uint64_t *out);

/* A plain decimal number ("1", "0.5", "1.5e3", "-2"), whole string; false on anything else, on
 * nan and infinity. */
bool str_double(str s, double *out);

#endif
