/* One field at a time. */
#include "codec/csv.h"

#include <string.h>

/* Stands behind a field: passes the comma, or the end of the line. */
static const char *end_field(str *rest, struct csv_field *out)
{
    if (str_starts(*rest, STR("\r\n")) || str_eq(*rest, STR("\r")))
        *rest = str_skip(*rest, 1);
    out->last = !str_starts(*rest, STR(","));
    if (out->last && rest->n && rest->p[0] != '\n')
        return "something stands behind a closing quote";
    *rest = str_skip(*rest, 1);
    return NULL;
}

static const char *take_plain(str *rest, struct csv_field *out)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ',' && rest->p[n] != '\n')
        n++;
    bool line_ends = n == rest->n || rest->p[n] == '\n';
    out->raw = (str){rest->p, n};
    if (line_ends && str_ends(out->raw, STR("\r")))
        out->raw.n--;
    *rest = str_skip(*rest, n);
    return end_field(rest, out);
}

static unsigned count_breaks(str s)
{
    unsigned n = 0;
    str line;
    while (str_cut(s, '\n', &line, &s))
        n++;
    return n;
}

/* Stands behind the opening quote. */
static const char *take_quoted(str *rest, struct csv_field *out)
{
    const char *first = rest->p, *quote = first;
    str left = *rest;
    for (;;) {
        quote = left.n ? memchr(left.p, '"', left.n) : NULL;
        if (!quote)
            return "a quote is opened and never closed";
        left = str_skip(left, (size_t)(quote + 1 - left.p));
        if (left.n == 0 || left.p[0] != '"')
            break;
        left = str_skip(left, 1);
        out->doubled = true;
    }
    out->raw = (str){first, (size_t)(quote - first)};
    out->breaks = count_breaks(out->raw);
    *rest = left;
    return end_field(rest, out);
}

const char *csv_next(str *rest, struct csv_field *out)
{
    *out = (struct csv_field){.last = true};
    if (!str_starts(*rest, STR("\"")))
        return take_plain(rest, out);
    *rest = str_skip(*rest, 1);
    return take_quoted(rest, out);
}

str csv_text_of(const struct csv_field *f, struct buf *room)
{
    if (!f->doubled)
        return f->raw;
    room->n = 0;
    str rest = f->raw, before;
    while (str_cut_at(rest, STR("\"\""), &before, &rest)) {
        buf_str(room, before);
        buf_char(room, '"');
    }
    buf_str(room, before);
    return buf_view(room);
}
