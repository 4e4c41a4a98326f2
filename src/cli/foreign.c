/* Finding the tools that have a flag, and saying weir's way in one sentence. A flag of several
 * tools
 * (-t is wrk's threads, hey's timeout and ab's duration) is answered for each of them. */
#include "cli/foreign.h"

#include <ctype.h>
#include <string.h>

/* A longer value is cut in the answer. */
enum { MOST = 6, VALUE_MOST = 80 };

/* The rows that a flag fits. */
struct matches {
    const struct foreign *rows[MOST];
    size_t n;
};

static bool fits(const struct foreign *f, str flag, str value, bool known)
{
    if (!str_eq(flag, str_from(f->flag)))
        return false;
    if (!f->when)
        return true;
    return value.n ? f->when(value) : !known;
}

static struct matches find(const struct foreign *rows, str flag, str value, bool known)
{
    struct matches m = {.n = 0};
    for (; rows->flag; rows++)
        if (m.n < MOST && fits(rows, flag, value, known))
            m.rows[m.n++] = rows;
    return m;
}

/* As one word of a POSIX shell (XCU 2.2). */
static void quote(str word, struct buf *out)
{
    bool plain = word.n > 0;
    for (size_t i = 0; i < word.n; i++)
        plain = plain && (isalnum((unsigned char)word.p[i]) || memchr("-_./:=,@%+", word.p[i], 10));
    if (plain) {
        buf_str(out, word);
        return;
    }
    buf_char(out, '\'');
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] == '\'')
            buf_str(out, STR("'\\''"));
        else
            buf_char(out, word.p[i]);
    buf_char(out, '\'');
}

static void add_value(const struct foreign *f, str prefix, str value, struct buf *out)
{
    struct buf word = {0};
    buf_str(&word, prefix);
    if (value.n && f->rewrite)
        f->rewrite(value, &word);
    else
        buf_str(&word, value.n ? value : str_from(f->argument));
    if (value.n || prefix.n)
        quote(buf_view(&word), out);
    else
        buf_str(out, buf_view(&word));
    buf_free(&word);
}

static const char *template_of(const struct foreign *f)
{
    return f->says ? f->says : f->note;
}

void foreign_fill(const struct foreign *f, str value, struct buf *out)
{
    str rest = str_from(template_of(f)), before, prefix;
    while (str_cut(rest, '{', &before, &rest)) {
        buf_str(out, before);
        str_cut(rest, '}', &prefix, &rest);
        add_value(f, prefix, value, out);
    }
    buf_str(out, before);
}

static bool shows_value(const struct matches *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (strchr(template_of(m->rows[i]), '{'))
            return true;
    return false;
}

/* "weir says A (wrk), B (hey, oha) or C (ab)"; the tools only where there is a choice. */
static void add_ways(const struct matches *m, str value, struct buf *out)
{
    size_t ways = 0, nth = 0;
    for (size_t i = 0; i < m->n; i++)
        ways += m->rows[i]->says != NULL;
    for (size_t i = 0; i < m->n; i++) {
        const struct foreign *f = m->rows[i];
        if (!f->says)
            continue;
        nth++;
        buf_str(out, nth == 1 ? STR("weir says ") : nth == ways ? STR(" or ") : STR(", "));
        foreign_fill(f, value, out);
        if (ways > 1)
            buf_printf(out, " (%s)", f->tools);
    }
}

static void add_notes(const struct matches *m, str value, bool first, struct buf *out)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct foreign *f = m->rows[i];
        if (!f->note)
            continue;
        if (!first)
            buf_str(out, STR("; "));
        foreign_fill(f, value, out);
        first = false;
    }
}

static void answer(const struct matches *m, str flag, str value, struct buf *out)
{
    buf_str(out, flag);
    if (value.n && shows_value(m)) {
        buf_char(out, ' ');
        quote(value, out);
    }
    buf_str(out, STR(": "));
    size_t before = out->n;
    add_ways(m, value, out);
    add_notes(m, value, out->n == before, out);
}

static const struct foreign *rows_of(enum family family)
{
    static const struct foreign none[] = {{.flag = NULL}};
    return family == FAMILY_HTTP ? foreign_http : family == FAMILY_KAFKA ? foreign_kafka : none;
}

bool foreign_answer(enum family family, str flag, str value, bool known, struct err *e)
{
    struct matches m = find(rows_of(family), flag, value, known);
    struct buf sentence = {0};
    if (m.n == 0)
        return false;
    if (value.n > VALUE_MOST)
        value = (str){value.p, VALUE_MOST};
    answer(&m, flag, value, &sentence);
    err_set(e, ERR_USAGE, STR_FMT, STR_ARG(buf_view(&sentence)));
    buf_free(&sentence);
    return true;
}
