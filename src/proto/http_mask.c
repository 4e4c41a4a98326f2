/* Masking works on any lines, since what a broken server sends is shown too. */
#include "proto/http_mask.h"

#include <string.h>

#include "base/buf.h"

enum secret {
    SECRET_NONE,
    SECRET_VALUE,  /* all of the value */
    SECRET_COOKIE, /* what stands behind the first '=' */
};

static enum secret secret_kind(str name)
{
    static const str names[] = {{"authorization", 13}, {"proxy-authorization", 19}, {"cookie", 6}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, names[i]))
            return SECRET_VALUE;
    return str_eq_nocase(name, STR("set-cookie")) ? SECRET_COOKIE : SECRET_NONE;
}

/* Bytes of the first line with its end, and with the folded lines behind it. */
static size_t line_length(str s)
{
    const char *end = s.p + s.n, *lf = s.p;
    while ((lf = memchr(lf, '\n', (size_t)(end - lf)))) {
        lf++;
        if (lf == end || (*lf != ' ' && *lf != '\t'))
            return (size_t)(lf - s.p);
    }
    return s.n;
}

static void add_line(struct buf *out, str line)
{
    str name, value;
    enum secret kind = SECRET_NONE;
    if (str_cut(line, ':', &name, &value))
        kind = secret_kind(str_trim(name));
    if (kind == SECRET_NONE) {
        buf_str(out, line);
        return;
    }
    buf_str(out, name);
    buf_str(out, STR(": "));
    const char *equals = value.n ? memchr(value.p, '=', value.n) : NULL;
    if (kind == SECRET_COOKIE && equals)
        buf_str(out, str_trim((str){value.p, (size_t)(equals + 1 - value.p)}));
    buf_str(out, STR("***"));
    if (str_ends(line, STR("\n")))
        buf_str(out, str_ends(line, STR("\r\n")) ? STR("\r\n") : STR("\n"));
}

str http_mask_secrets(str head, struct arena *arena)
{
    struct buf out = {0};
    while (head.n) {
        str line = {head.p, line_length(head)};
        head = str_skip(head, line.n);
        add_line(&out, line);
        if (str_trim(line).n == 0)
            break;
    }
    buf_str(&out, head);
    str masked = arena_dup(arena, buf_view(&out));
    buf_free(&out);
    return masked;
}
