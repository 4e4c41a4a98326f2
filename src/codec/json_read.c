/* Reading values that are known to be JSON. */
#include "codec/json_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const str replacement = {"\xef\xbf\xbd", 3}; /* U+FFFD */

/* ---- kinds ---- */

enum json_kind json_kind_of(str raw)
{
    switch (raw.p[0]) {
    case '"':
        return JSON_IS_STRING;
    case '{':
        return JSON_IS_OBJECT;
    case '[':
        return JSON_IS_ARRAY;
    case 't':
        return JSON_IS_TRUE;
    case 'f':
        return JSON_IS_FALSE;
    case 'n':
        return JSON_IS_NULL;
    default:
        return JSON_IS_NUMBER;
    }
}

const char *json_kind_name(enum json_kind kind)
{
    static const char *const names[] = {
        [JSON_IS_MISSING] = "nothing", [JSON_IS_BROKEN] = "no JSON", [JSON_IS_NULL] = "null",
        [JSON_IS_FALSE] = "boolean",   [JSON_IS_TRUE] = "boolean",   [JSON_IS_NUMBER] = "number",
        [JSON_IS_STRING] = "string",   [JSON_IS_ARRAY] = "array",    [JSON_IS_OBJECT] = "object",
    };
    return names[kind];
}

/* ---- numbers ---- */

static double by_strtod(str raw)
{
    char small[64], *text = raw.n < sizeof small ? small : mem_alloc(raw.n + 1);
    memcpy(text, raw.p, raw.n);
    text[raw.n] = 0;
    double v = strtod(text, NULL);
    if (text != small)
        mem_free(text);
    return v;
}

/* Digits that are a whole number below 2^53, over a power of ten that is a double too: one division
 * rounds right (Clinger, "How to read floating point numbers accurately", 1990). */
double json_number(str raw)
{
    static const double tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    enum { MOST_DIGITS = sizeof tens / sizeof *tens - 1 };
    size_t i = raw.p[0] == '-', point = raw.n;
    if (raw.n - i > MOST_DIGITS)
        return by_strtod(raw);
    double v = 0;
    for (; i < raw.n; i++)
        if (raw.p[i] == '.')
            point = i + 1;
        else if (raw.p[i] <= '9')
            v = v * 10 + (raw.p[i] - '0');
        else
            return by_strtod(raw);
    v /= tens[raw.n - point];
    return raw.p[0] == '-' ? -v : v;
}

/* ---- strings ---- */

static str without_quotes(str raw)
{
    return (str){raw.p + 1, raw.n - 2};
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The number of \uXXXX; above every code unit when s begins with none. */
static unsigned code_unit(str s)
{
    unsigned unit = 0;
    if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
        return UINT32_MAX;
    for (size_t i = 2; i < 6; i++)
        unit = unit << 4 | hex_digit(s.p[i]);
    return unit;
}

static str encode(unsigned code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return (str){out, 1};
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(0xf00u >> n | code);
    return (str){out, n};
}

/* \uXXXX, or two of them that are a surrogate pair (RFC 8259, 7). */
static str take_code_point(str *rest, char *out)
{
    unsigned code = code_unit(*rest), low;
    *rest = str_skip(*rest, 6);
    if (code < 0xd800 || code > 0xdfff)
        return encode(code, out);
    low = code_unit(*rest);
    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return replacement;
    *rest = str_skip(*rest, 6);
    return encode(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), out);
}

/* The next bytes that a string says: up to an escape, or what the escape stands for. At the end:
 * none. `out` has room for four bytes. */
static str take_bytes(str *rest, char *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *escape = rest->n ? memchr(rest->p, '\\', rest->n) : NULL;
    str bytes = {rest->p, escape ? (size_t)(escape - rest->p) : rest->n};
    if (bytes.n || !escape) {
        *rest = str_skip(*rest, bytes.n);
        return bytes;
    }
    if (escape[1] == 'u')
        return take_code_point(rest, out);
    const char *letter = strchr(letters, escape[1]);
    out[0] = letter ? meant[letter - letters] : escape[1];
    *rest = str_skip(*rest, 2);
    return (str){out, 1};
}

static size_t ascii_run(str s)
{
    size_t n = 0;
    for (uint64_t bytes; s.n - n >= sizeof bytes; n += sizeof bytes) {
        memcpy(&bytes, s.p + n, sizeof bytes);
        if (bytes & UINT64_C(0x8080808080808080))
            break;
    }
    while (n < s.n && (unsigned char)s.p[n] < 0x80)
        n++;
    return n;
}

/* Bytes at the start of s that are UTF-8. */
static size_t utf8_run(str s)
{
    size_t n = ascii_run(s);
    for (size_t next; n < s.n; n += next) {
        next = utf8_char(str_skip(s, n));
        if (next == 0)
            break;
        n += ascii_run(str_skip(s, n + next));
    }
    return n;
}

static void add_utf8(struct buf *out, str bytes)
{
    while (bytes.n) {
        size_t good = utf8_run(bytes);
        buf_add(out, bytes.p, good);
        if (good < bytes.n)
            buf_str(out, replacement);
        bytes = str_skip(bytes, good + 1);
    }
}

str json_text(str raw, struct buf *room)
{
    str rest = without_quotes(raw);
    bool escapes = rest.n && memchr(rest.p, '\\', rest.n);
    if (!escapes && utf8_run(rest) == rest.n)
        return rest;
    char decoded[4];
    room->n = 0;
    while (rest.n)
        add_utf8(room, take_bytes(&rest, decoded));
    return buf_view(room);
}

/* Bytes that both begin with. */
static size_t shorter(str a, str b)
{
    return a.n < b.n ? a.n : b.n;
}

int json_text_compare(str a, str b)
{
    str rest_a = without_quotes(a), rest_b = without_quotes(b), bytes_a = {0}, bytes_b = {0};
    char decoded_a[4], decoded_b[4];
    for (;;) {
        bytes_a = bytes_a.n ? bytes_a : take_bytes(&rest_a, decoded_a);
        bytes_b = bytes_b.n ? bytes_b : take_bytes(&rest_b, decoded_b);
        size_t n = shorter(bytes_a, bytes_b);
        if (n == 0)
            return (bytes_a.n > 0) - (bytes_b.n > 0);
        int order = memcmp(bytes_a.p, bytes_b.p, n);
        if (order)
            return order;
        bytes_a = str_skip(bytes_a, n);
        bytes_b = str_skip(bytes_b, n);
    }
}

bool json_text_is(str raw, str text)
{
    str rest = without_quotes(raw);
    char decoded[4];
    while (rest.n) {
        str bytes = take_bytes(&rest, decoded);
        if (!str_starts(text, bytes))
            return false;
        text = str_skip(text, bytes.n);
    }
    return text.n == 0;
}

/* ---- containers ---- */

uint64_t json_count(str raw)
{
    struct json_walk w;
    struct json_item item;
    uint64_t n = 0;
    json_walk_start(&w, raw);
    json_walk_next(&w, &item);
    while (w.depth && json_walk_next(&w, &item)) {
        if (json_opens(&item))
            json_walk_skip(&w);
        n += w.depth > 0;
    }
    return n;
}
