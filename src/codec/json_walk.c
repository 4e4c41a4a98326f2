/* The grammar of RFC 8259 as a pull reader: which containers are open is a bit for each. */
#include "codec/json_walk.h"

#include <endian.h>
#include <string.h>

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

static bool broken(struct json_walk *w, const char *why)
{
    w->why = why;
    return false;
}

static bool at(const struct json_walk *w, char c)
{
    return w->p < w->end && *w->p == c;
}

static void skip_space(struct json_walk *w)
{
    while (w->p < w->end && (unsigned char)*w->p <= ' ' &&
           (*w->p == ' ' || *w->p == '\n' || *w->p == '\r' || *w->p == '\t'))
        w->p++;
}

/* ---- strings ---- */

/* The high bit of each byte that ends a run of plain characters: a quote, a backslash, a control
 * character. Right up to the first one (Mycroft's test for a zero byte, 1987). */
static uint64_t special_bytes(uint64_t x)
{
    uint64_t quote = x ^ EACH_BYTE * '"', backslash = x ^ EACH_BYTE * '\\';
    return (((quote - EACH_BYTE) & ~quote) | ((backslash - EACH_BYTE) & ~backslash) |
            ((x - EACH_BYTE * ' ') & ~x)) &
           HIGH_BITS;
}

static bool is_special(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < ' ';
}

static const char *skip_plain(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t bytes;
        memcpy(&bytes, p, sizeof bytes);
        uint64_t special = special_bytes(le64toh(bytes));
        if (special)
            return p + __builtin_ctzll(special) / 8;
        p += 8;
    }
    while (p < end && !is_special(*p))
        p++;
    return p;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Bytes of the escape that s starts with; 0: it is none. */
static size_t escape_length(str s)
{
    if (s.n < 2)
        return 0;
    if (s.p[1] != 'u')
        return memchr("\"\\/bfnrt", s.p[1], 8) ? 2 : 0;
    for (size_t i = 2; i < 6; i++)
        if (i >= s.n || !is_hex(s.p[i]))
            return 0;
    return 6;
}

/* Stands on the first quote. */
static bool take_string(struct json_walk *w, str *raw)
{
    const char *first = w->p++;
    for (;;) {
        w->p = skip_plain(w->p, w->end);
        if (w->p == w->end)
            return broken(w, "the text ends within a string");
        if (*w->p == '"')
            break;
        if (*w->p != '\\')
            return broken(w, "a control character stands in a string as it is");
        size_t n = escape_length((str){w->p, (size_t)(w->end - w->p)});
        if (n == 0)
            return broken(w, "a backslash in a string is followed by none of \"\\/bfnrt or u and "
                             "four hexadecimal digits");
        w->p += n;
    }
    w->p++;
    *raw = (str){first, (size_t)(w->p - first)};
    return true;
}

/* ---- numbers and words ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* At least one. */
static bool take_digits(struct json_walk *w)
{
    const char *first = w->p;
    while (w->p < w->end && is_digit(*w->p))
        w->p++;
    return w->p > first || broken(w, "a digit is missing in a number");
}

static bool take_whole(struct json_walk *w)
{
    if (!at(w, '0'))
        return take_digits(w);
    w->p++;
    return w->p == w->end || !is_digit(*w->p) || broken(w, "a number begins with 0");
}

static bool take_number(struct json_walk *w)
{
    w->p += at(w, '-');
    if (!take_whole(w))
        return false;
    if (at(w, '.')) {
        w->p++;
        if (!take_digits(w))
            return false;
    }
    if (at(w, 'e') || at(w, 'E')) {
        w->p++;
        w->p += at(w, '+') || at(w, '-');
        return take_digits(w);
    }
    return true;
}

static bool take_word(struct json_walk *w, str word)
{
    if ((size_t)(w->end - w->p) < word.n || memcmp(w->p, word.p, word.n) != 0)
        return broken(w, "a word is none of true, false, null");
    w->p += word.n;
    return true;
}

/* ---- values ---- */

static bool in_array(const struct json_walk *w)
{
    unsigned top = w->depth - 1;
    return w->arrays[top / 64] >> top % 64 & 1;
}

static bool open_container(struct json_walk *w, bool array)
{
    if (w->depth == JSON_DEEPEST)
        return broken(w, "arrays and objects are nested deeper than 1024");
    uint64_t bit = UINT64_C(1) << w->depth % 64, *word = &w->arrays[w->depth / 64];
    *word = array ? *word | bit : *word & ~bit;
    w->depth++;
    w->p++;
    w->fresh = true;
    return true;
}

static bool take_value(struct json_walk *w, struct json_item *item)
{
    if (w->p == w->end)
        return broken(w, "the text ends where a value should stand");
    const char *first = w->p;
    bool good;
    switch (*first) {
    case '"':
        item->kind = JSON_IS_STRING;
        return take_string(w, &item->raw);
    case '{':
    case '[':
        item->kind = *first == '[' ? JSON_IS_ARRAY : JSON_IS_OBJECT;
        good = open_container(w, *first == '[');
        break;
    case 't':
        item->kind = JSON_IS_TRUE;
        good = take_word(w, STR("true"));
        break;
    case 'f':
        item->kind = JSON_IS_FALSE;
        good = take_word(w, STR("false"));
        break;
    case 'n':
        item->kind = JSON_IS_NULL;
        good = take_word(w, STR("null"));
        break;
    default:
        if (*first != '-' && !is_digit(*first))
            return broken(w, "no value begins like this");
        item->kind = JSON_IS_NUMBER;
        good = take_number(w);
    }
    item->raw = (str){first, (size_t)(w->p - first)};
    return good;
}

static bool take_key(struct json_walk *w, str *key)
{
    if (!at(w, '"'))
        return broken(w, "a key in double quotes is missing");
    if (!take_string(w, key))
        return false;
    skip_space(w);
    if (!at(w, ':'))
        return broken(w, "a colon is missing behind a key");
    w->p++;
    skip_space(w);
    return true;
}

static bool take_end(struct json_walk *w, struct json_item *item)
{
    *item = (struct json_item){
        .kind = in_array(w) ? JSON_IS_ARRAY : JSON_IS_OBJECT, .closes = true, .raw = {w->p, 1}};
    w->p++;
    w->depth--;
    w->fresh = false;
    return true;
}

static bool take_member(struct json_walk *w, struct json_item *item)
{
    bool array = in_array(w);
    skip_space(w);
    if (at(w, array ? ']' : '}'))
        return take_end(w, item);
    if (!w->fresh) {
        if (!at(w, ','))
            return broken(w, w->p == w->end ? "the text ends within an array or object"
                                            : "a comma or a closing bracket is missing");
        w->p++;
        skip_space(w);
    }
    w->fresh = false;
    item->closes = false;
    item->key = (str){NULL, 0};
    return (array || take_key(w, &item->key)) && take_value(w, item);
}

bool json_walk_next(struct json_walk *w, struct json_item *item)
{
    if (w->why)
        return false;
    if (w->depth)
        return take_member(w, item);
    if (w->begun)
        return false;
    w->begun = true;
    *item = (struct json_item){.closes = false};
    skip_space(w);
    return take_value(w, item);
}

bool json_walk_skip(struct json_walk *w)
{
    struct json_item item;
    unsigned outside = w->depth - 1;
    while (w->depth > outside)
        if (!json_walk_next(w, &item))
            return false;
    return true;
}

bool json_walk_end(struct json_walk *w)
{
    skip_space(w);
    return w->p == w->end || broken(w, "something stands behind the value");
}

void json_walk_start(struct json_walk *w, str text)
{
    if (text.n == 0)
        text = STR("");
    w->start = text.p;
    w->end = text.p + text.n;
    w->p = str_starts(text, STR("\xef\xbb\xbf")) ? text.p + 3 : text.p;
    w->why = NULL;
    w->depth = 0;
    w->begun = w->fresh = false;
}
