/* Strings as pointer and length: comparing, cutting, reading numbers. */
#include "base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

str str_from(const char *z)
{
    return (str){z, z ? strlen(z) : 0};
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_nocase(str a, str b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq((str){s.p, prefix.n}, prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq((str){s.p + s.n - suffix.n, suffix.n}, suffix);
}

bool str_contains(str s, str part)
{
    return part.n == 0 || (s.n >= part.n && memmem(s.p, s.n, part.p, part.n) != NULL);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    while (s.n && is_blank(s.p[0]))
        s = str_skip(s, 1);
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

str str_skip(str s, size_t from)
{
    if (from > s.n)
        from = s.n;
    return (str){s.p ? s.p + from : NULL, s.n - from};
}

bool str_cut_at(str s, str separator, str *before, str *after)
{
    const char *at =
        s.n >= separator.n && separator.n ? memmem(s.p, s.n, separator.p, separator.n) : NULL;
    if (!at) {
        *before = s;
        *after = (str){NULL, 0};
        return false;
    }
    size_t n = (size_t)(at - s.p);
    *before = (str){s.p, n};
    *after = str_skip(s, n + separator.n);
    return true;
}

bool str_cut(str s, char separator, str *before, str *after)
{
    return str_cut_at(s, (str){&separator, 1}, before, after);
}

bool str_next(str *rest, char separator, str *piece)
{
    if (!rest->p)
        return false;
    if (!str_cut(*rest, separator, piece, rest))
        *rest = (str){NULL, 0};
    return true;
}

bool str_u64(str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

bool str_double(str s, double *out)
{
    char text[64], *end;
    if (s.n == 0 || s.n >= sizeof text)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]) && !memchr("+-.eE", s.p[i], 5))
            return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out = strtod(text, &end);
    return *end == 0 && isfinite(*out);
}
