/* Option tables as a help text: headings, two columns, at most 100 wide. */
#include "base/args.h"

enum {
    INDENT = 2, /* of a term */
    TEXT = 32,  /* where its words begin */
    WIDTH = 100,
};

const struct option *options_at(const struct option *const *tables, size_t i)
{
    for (; *tables; tables++)
        for (const struct option *o = *tables; o->name; o++)
            if (i-- == 0)
                return o;
    return NULL;
}

bool options_opens_group(const struct option *const *tables, size_t i)
{
    str group = str_from(options_at(tables, i)->group);
    for (size_t k = 0; k < i; k++)
        if (str_eq(group, str_from(options_at(tables, k)->group)))
            return false;
    return true;
}

void option_spelling(const struct option *o, struct buf *out)
{
    for (const char *letter = o->letters; letter && *letter; letter++)
        buf_printf(out, "-%c, ", *letter);
    buf_printf(out, "--%s", o->name);
    if (o->alias)
        buf_printf(out, ", --%s", o->alias);
    if (o->argument)
        buf_printf(out, " %s", o->argument);
}

const char *option_default(const struct option *o)
{
    return o->fallback ? o->fallback : o->otherwise;
}

static void spaces(size_t n, struct buf *out)
{
    while (n--)
        buf_char(out, ' ');
}

/* Writes words from column `at` on, later lines beginning at TEXT. */
static void wrap(str words, size_t at, struct buf *out)
{
    str word;
    bool first = true;
    while (str_next(&words, ' ', &word)) {
        if (!first && at + 1 + word.n > WIDTH) {
            buf_char(out, '\n');
            spaces(TEXT, out);
            at = TEXT;
        } else if (!first) {
            buf_char(out, ' ');
            at++;
        }
        buf_str(out, word);
        at += word.n;
        first = false;
    }
    buf_char(out, '\n');
}

void options_item(const char *term, const char *words, struct buf *out)
{
    size_t at = INDENT + str_from(term).n;
    spaces(INDENT, out);
    buf_str(out, str_from(term));
    if (at + 2 > TEXT) {
        buf_char(out, '\n');
        at = 0;
    }
    spaces(TEXT - at, out);
    wrap(str_from(words), TEXT, out);
}

void option_words(const struct option *o, struct buf *out)
{
    buf_str(out, str_from(o->help));
    if (o->repeats)
        buf_str(out, STR(" (repeatable)"));
    if (option_default(o))
        buf_printf(out, " [%s]", option_default(o));
}

static void add_option(const struct option *o, const char *prefix, struct buf *out)
{
    struct buf term = {0}, words = {0};
    if (o->from == FROM_ENVIRONMENT)
        option_variable(o, prefix, &term);
    else
        option_spelling(o, &term);
    option_words(o, &words);
    buf_char(&term, 0);
    buf_char(&words, 0);
    options_item(term.p, words.p, out);
    buf_free(&term);
    buf_free(&words);
}

void options_help(const struct option *const *tables, const char *prefix, struct buf *out)
{
    const struct option *first, *o;
    for (size_t i = 0; (first = options_at(tables, i)); i++) {
        if (!options_opens_group(tables, i))
            continue;
        buf_printf(out, "\n%s\n", first->group);
        for (size_t k = i; (o = options_at(tables, k)); k++)
            if (str_eq(str_from(o->group), str_from(first->group)))
                add_option(o, prefix, out);
    }
}
