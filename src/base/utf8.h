/* base/utf8.h: telling text from bytes (RFC 3629), for outputs that must stay valid whatever a name
 * contains. Pure. */
#ifndef WEIR_BASE_UTF8_H
#define WEIR_BASE_UTF8_H

#include "base/str.h"

/* Bytes of the character that s starts with, 1 to 4; 0 when it is none: broken, overlong, a
 * surrogate, beyond U+10FFFF, or s is empty. */
size_t utf8_char(str s);

/* The code point of a character of n bytes, which utf8_char has found. */
unsigned utf8_code(const char *p, size_t n);

/* Characters; a byte that belongs to none counts as one. */
size_t utf8_count(str s);

#endif
