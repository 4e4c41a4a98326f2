/* One way to read, and one to find, for each place. */
#include "proto/kafka_correlate.h"

#include <string.h>

#include "base/nearest.h"
#include "codec/json_read.h"

enum { QUOTED = 80 }; /* bytes of the text in an error */

/* ---- reading ---- */

static bool read_header(str name, struct arena *arena, struct kafka_correlate *c, struct err *e)
{
    if (name.n == 0 || memchr(name.p, 0, name.n))
        return err_set(e, ERR_USAGE, "the header's name stands behind header:");
    c->header = arena_z(arena, name);
    return true;
}

static bool read_key(str rest, struct arena *arena, struct kafka_correlate *c, struct err *e)
{
    (void)arena;
    (void)c;
    return rest.p == NULL ||
           err_set(e, ERR_USAGE, "nothing stands behind key: all of it is the id");
}

static bool read_json(str pointer, struct arena *arena, struct kafka_correlate *c, struct err *e)
{
    return json_pointer_parse(pointer, arena, &c->pointer, e);
}

static bool read_bytes(str rest, struct arena *arena, struct kafka_correlate *c, struct err *e)
{
    str offset, length;
    (void)arena;
    return (str_cut(rest, ',', &offset, &length) && str_u64(offset, &c->offset) &&
            str_u64(length, &c->length) && c->length > 0) ||
           err_set(e, ERR_USAGE,
                   "where the id begins in the value and how long it is stand behind bytes: "
                   "bytes:0,16");
}

static bool read_regex(str text, struct arena *arena, struct kafka_correlate *c, struct err *e)
{
    char why[200];
    if (text.n == 0 || memchr(text.p, 0, text.n))
        return err_set(e, ERR_USAGE, "a regular expression stands behind regex:");
    int code = regcomp(&c->expression, arena_z(arena, text), REG_EXTENDED);
    if (code == 0)
        return true;
    regerror(code, &c->expression, why, sizeof why);
    return err_set(e, ERR_USAGE, "%s", why);
}

static const struct place {
    str name;
    bool (*read)(str rest, struct arena *arena, struct kafka_correlate *c, struct err *e);
} places[] = {
    [KAFKA_CORRELATE_HEADER] = {{"header", 6}, read_header},
    [KAFKA_CORRELATE_KEY] = {{"key", 3}, read_key},
    [KAFKA_CORRELATE_JSON] = {{"json", 4}, read_json},
    [KAFKA_CORRELATE_BYTES] = {{"bytes", 5}, read_bytes},
    [KAFKA_CORRELATE_REGEX] = {{"regex", 5}, read_regex},
};

enum { PLACES = sizeof places / sizeof *places };

static bool unknown(str name, struct err *e)
{
    struct nearest n = {0};
    for (size_t i = 0; i < PLACES; i++)
        nearest_try(&n, name, places[i].name);
    if (n.best.n)
        return err_set(e, ERR_USAGE, "did you mean '" STR_FMT "'?", STR_ARG(n.best));
    return err_set(e, ERR_USAGE,
                   "an id is found by header:NAME, key, json:/POINTER, bytes:OFFSET,LENGTH or "
                   "regex:EXPRESSION");
}

/* Behind the name of the place; rest.p is NULL where there is no colon. */
static bool read_place(str name, str rest, struct arena *arena, struct kafka_correlate *c,
                       struct err *e)
{
    for (unsigned i = 0; i < PLACES; i++)
        if (str_eq(name, places[i].name)) {
            c->kind = (enum kafka_correlate_kind)i;
            return places[i].read(rest, arena, c, e);
        }
    return unknown(name, e);
}

bool kafka_correlate_parse(str text, struct arena *arena, struct kafka_correlate *out,
                           struct err *e)
{
    str name = STR("json"), rest = text;
    if (!str_starts(text, STR("$")) && !str_cut(text, ':', &name, &rest))
        rest = (str){NULL, 0};
    *out = (struct kafka_correlate){.text = arena_dup(arena, text)};
    return read_place(name, rest, arena, out, e) ||
           err_wrap(e, "correlation '%.*s'", text.n < QUOTED ? (int)text.n : QUOTED, text.p);
}

void kafka_correlate_free(struct kafka_correlate *c)
{
    if (c->kind == KAFKA_CORRELATE_REGEX)
        regfree(&c->expression);
}

/* ---- finding ---- */

static enum kafka_correlate_found unless_empty(str there, str *id)
{
    *id = there;
    return there.n ? KAFKA_CORRELATE_FOUND : KAFKA_CORRELATE_ABSENT;
}

static enum kafka_correlate_found find_json(const struct kafka_correlate *c, str value,
                                            struct buf *room, str *id)
{
    struct json_value there;
    json_find(value, &c->pointer, &there);
    switch (there.kind) {
    case JSON_IS_STRING:
        return unless_empty(json_text(there.raw, room), id);
    case JSON_IS_NUMBER:
        return unless_empty(there.raw, id);
    case JSON_IS_MISSING:
    case JSON_IS_NULL:
        return KAFKA_CORRELATE_ABSENT;
    default:
        return KAFKA_CORRELATE_UNDECODABLE;
    }
}

static enum kafka_correlate_found find_bytes(const struct kafka_correlate *c, str value, str *id)
{
    if (c->offset > value.n || c->length > value.n - c->offset)
        return KAFKA_CORRELATE_UNDECODABLE;
    return unless_empty((str){value.p + c->offset, c->length}, id);
}

/* In a copy with a zero behind it: REG_STARTEND does without, but AddressSanitizer's regexec looks
 * for one. */
static enum kafka_correlate_found find_regex(const struct kafka_correlate *c, str value,
                                             struct buf *room, str *id)
{
    regmatch_t match[2] = {{.rm_so = 0, .rm_eo = (regoff_t)value.n}};
    room->n = 0;
    buf_str(room, value);
    buf_char(room, 0);
    if (regexec(&c->expression, room->p, 2, match, REG_STARTEND) != 0)
        return KAFKA_CORRELATE_ABSENT;
    const regmatch_t *m = &match[c->expression.re_nsub > 0];
    if (m->rm_so < 0)
        return KAFKA_CORRELATE_ABSENT;
    return unless_empty((str){room->p + m->rm_so, (size_t)(m->rm_eo - m->rm_so)}, id);
}

static enum kafka_correlate_found find_header(const struct kafka_correlate *c,
                                              const struct kafka_correlated *record, str *id)
{
    str there;
    return record->header(record->record, c->header, &there) ? unless_empty(there, id)
                                                             : KAFKA_CORRELATE_ABSENT;
}

enum kafka_correlate_found kafka_correlate_find(const struct kafka_correlate *c,
                                                const struct kafka_correlated *record,
                                                struct buf *room, str *id)
{
    if (c->kind == KAFKA_CORRELATE_HEADER)
        return find_header(c, record, id);
    if (c->kind == KAFKA_CORRELATE_KEY)
        return unless_empty(record->key, id);
    if (record->value.p == NULL || record->value.n == 0)
        return KAFKA_CORRELATE_ABSENT;
    if (c->kind == KAFKA_CORRELATE_JSON)
        return find_json(c, record->value, room, id);
    return c->kind == KAFKA_CORRELATE_BYTES ? find_bytes(c, record->value, id)
                                            : find_regex(c, record->value, room, id);
}
