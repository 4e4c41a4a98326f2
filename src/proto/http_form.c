/* Form pairs: spaces and what stands between them. */
#include "proto/http_form.h"

#include "proto/http_url.h"

static void add_encoded(struct buf *out, str s)
{
    str piece;
    for (bool first = true; str_next(&s, ' ', &piece); first = false) {
        if (!first)
            buf_char(out, '+');
        http_percent_add(out, piece, "*-._");
    }
}

void http_form_add(struct buf *out, str name, str value)
{
    if (out->n)
        buf_char(out, '&');
    add_encoded(out, name);
    buf_char(out, '=');
    add_encoded(out, value);
}
