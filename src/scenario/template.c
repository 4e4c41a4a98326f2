/* Cutting texts at their placeholders, and walking over the pieces. */
#include "scenario/template.h"

#include <string.h>

#include "base/json_out.h"
#include "proto/http_request.h"

enum { SHOWN = 60 }; /* bytes of a wrong placeholder in an error */

/* Where the next "${" is that no '$' precedes; s.n: nowhere. */
static size_t find_open(str s)
{
    for (size_t at = 0; at + 1 < s.n; at++) {
        const char *dollar = memchr(s.p + at, '$', s.n - at - 1);
        if (!dollar)
            break;
        at = (size_t)(dollar - s.p);
        if (s.p[at + 1] == '{')
            return at;
        if (s.p[at + 1] == '$' && at + 2 < s.n && s.p[at + 2] == '{')
            at += 2;
    }
    return s.n;
}

bool template_next(str *rest, struct template_piece *out, struct err *e)
{
    *out = (struct template_piece){.literal = {rest->p, find_open(*rest)}};
    if (rest->n == 0)
        return false;
    *rest = str_skip(*rest, out->literal.n);
    if (rest->n == 0)
        return true;
    const char *close = memchr(rest->p, '}', rest->n);
    if (!close)
        return err_set(e, ERR_USAGE, "'%.*s' is not closed; write ${name}, or $${ for a plain ${",
                       rest->n < SHOWN ? (int)rest->n : SHOWN, rest->p);
    out->placeholder = (str){rest->p, (size_t)(close + 1 - rest->p)};
    *rest = str_skip(*rest, out->placeholder.n);
    return true;
}

/* ---- compiling ---- */

void template_literal_add(str literal, struct buf *out)
{
    str before;
    while (str_cut_at(literal, STR("$${"), &before, &literal)) {
        buf_str(out, before);
        buf_str(out, STR("${"));
    }
    buf_str(out, before);
}

static str unescaped(str literal, struct arena *arena)
{
    struct buf text = {0};
    template_literal_add(literal, &text);
    str copy = arena_dup(arena, buf_view(&text));
    buf_free(&text);
    return copy;
}

static bool is_name(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || strchr("${}", s.p[i]))
            return false;
    return s.n > 0;
}

/* "json:" or "url:" before a name. */
static void cut_escape(str *name, uint8_t *escape)
{
    static const struct {
        str word;
        enum template_escape escape;
    } words[] = {{{"json:", 5}, ESCAPE_JSON}, {{"url:", 4}, ESCAPE_URL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(*name, words[i].word)) {
            *escape = (uint8_t)words[i].escape;
            *name = str_skip(*name, words[i].word.n);
            return;
        }
}

static bool compile_placeholder(str placeholder, struct names *names, struct arena *arena,
                                struct template_part *out, struct err *e)
{
    str name = str_trim((str){placeholder.p + 2, placeholder.n - 3});
    cut_escape(&name, &out->escape);
    out->source = SOURCE_VARIABLE;
    if (str_starts(name, STR("vu."))) {
        out->source = SOURCE_VU;
        name = str_skip(name, 3);
    }
    if (!is_name(name))
        return err_set(e, ERR_USAGE, "'%.*s' names no variable; write ${name}",
                       placeholder.n < SHOWN ? (int)placeholder.n : SHOWN, placeholder.p);
    out->text = arena_dup(arena, placeholder);
    out->name = names_add(names, name);
    return out->name || err_set(e, ERR_USAGE, "there are too many names in this file");
}

/* How many parts a text has at most. */
static size_t most_parts(str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += 2 * (text.p[i] == '$');
    return n;
}

bool template_compile(str text, enum template_escape escape, struct names *names,
                      struct arena *arena, struct template *out, struct err *e)
{
    struct template_piece piece;
    *out = (struct template){arena_alloc(arena, most_parts(text) * sizeof *out->parts), 0};
    *e = (struct err){0};
    while (template_next(&text, &piece, e)) {
        if (piece.literal.n)
            out->parts[out->n++] = (struct template_part){.text = unescaped(piece.literal, arena)};
        if (piece.placeholder.n) {
            struct template_part *part = &out->parts[out->n++];
            part->escape = (uint8_t)escape;
            if (!compile_placeholder(piece.placeholder, names, arena, part, e))
                return false;
        }
    }
    return e->kind == ERR_NONE;
}

bool template_is_constant(const struct template *t)
{
    return t->n == 0 || (t->n == 1 && t->parts[0].source == SOURCE_LITERAL);
}

str template_constant(const struct template *t)
{
    return t->n ? t->parts[0].text : STR("");
}

/* ---- rendering ---- */

bool template_render(const struct template *t, struct template_scope *s, struct buf *out,
                     struct err *e)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *part = &t->parts[i];
        if (part->source == SOURCE_LITERAL)
            buf_str(out, part->text);
        else if (!s->value(s, part, out, e))
            return false;
    }
    return true;
}

bool escape_add(enum template_escape escape, str text, struct buf *out, struct err *e)
{
    switch (escape) {
    case ESCAPE_NONE:
        buf_str(out, text);
        return true;
    case ESCAPE_URL:
        http_percent_add(out, text, HTTP_UNRESERVED);
        return true;
    case ESCAPE_HEADER:
        buf_str(out, text);
        return http_header_value_check(STR("${…}"), text, e);
    case ESCAPE_JSON_STRING:
        json_out_escape(out, text);
        return true;
    case ESCAPE_JSON:
        json_out_quote(out, text);
        return true;
    }
    return false;
}
