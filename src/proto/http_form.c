/* Form pairs, percent-encoded byte by byte. */
#include "proto/http_form.h"

#include <string.h>

static bool stays(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("*-._", c));
}

static void add_encoded(struct buf *out, str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (stays(s.p[i]))
            buf_char(out, s.p[i]);
        else if (s.p[i] == ' ')
            buf_char(out, '+');
        else
            buf_printf(out, "%%%02X", (unsigned char)s.p[i]);
}

void http_form_add(struct buf *out, str name, str value)
{
    if (out->n)
        buf_char(out, '&');
    add_encoded(out, name);
    buf_char(out, '=');
    add_encoded(out, value);
}
