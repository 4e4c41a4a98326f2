/* Well-formed UTF-8, by the table of RFC 3629, section 4. */
#include "base/utf8.h"

/* What the second byte may be behind each first one, and how many bytes there are. */
static const struct {
    unsigned char first, last; /* first byte */
    unsigned char low, high;   /* second byte */
    unsigned char length;
} forms[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool continues(const unsigned char *p, size_t length)
{
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t utf8_char(str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; s.n && i < sizeof forms / sizeof *forms; i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last)
            continue;
        size_t length = forms[i].length;
        if (length == 1)
            return 1;
        bool good =
            s.n >= length && p[1] >= forms[i].low && p[1] <= forms[i].high && continues(p, length);
        return good ? length : 0;
    }
    return 0;
}

unsigned utf8_code(const char *p, size_t n)
{
    const unsigned char *c = (const unsigned char *)p;
    if (n == 1)
        return c[0];
    unsigned code = c[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (c[i] & 0x3f);
    return code;
}

size_t utf8_count(str s)
{
    size_t count = 0;
    for (; s.n; count++) {
        size_t length = utf8_char(s);
        s = str_skip(s, length ? length : 1);
    }
    return count;
}
