/* Pointers, and the walk that they lead. */
#include "codec/json_pointer.h"

#include <string.h>

#include "base/mem.h"
#include "codec/json_read.h"

enum { QUOTED = 80 }; /* bytes of a pointer in an error */

/* ---- reading pointers ---- */

struct steps {
    struct json_step *list;
    size_t n, capacity;
};

/* "0" or a number without a zero in front (RFC 6901, 4). */
static uint64_t index_of(str name)
{
    uint64_t index;
    bool good = str_u64(name, &index) && (name.n == 1 || name.p[0] != '0');
    return good ? index : UINT64_MAX;
}

static void add_step(struct steps *s, str name)
{
    s->list = mem_room(s->list, s->n, &s->capacity, sizeof *s->list);
    s->list[s->n++] = (struct json_step){name, index_of(name)};
}

/* ~1 and ~0 as / and ~. */
static bool unescape(str token, struct arena *arena, str *name, struct err *e)
{
    char *out = arena_alloc(arena, token.n);
    size_t n = 0;
    for (size_t i = 0; i < token.n; i++) {
        bool tilde = token.p[i] == '~';
        if (tilde && (i + 1 == token.n || (token.p[i + 1] != '0' && token.p[i + 1] != '1')))
            return err_set(e, ERR_USAGE, "~ in a name is written ~0, and / is written ~1");
        i += tilde;
        out[n++] = !tilde ? token.p[i] : token.p[i] == '0' ? '~' : '/';
    }
    *name = (str){out, n};
    return true;
}

/* "/a/b/0", behind the first slash. */
static bool read_slashes(str rest, struct steps *s, struct arena *arena, struct err *e)
{
    str token, name;
    for (bool more = true; more;) {
        more = str_cut(rest, '/', &token, &rest);
        if (!unescape(token, arena, &name, e))
            return false;
        add_step(s, name);
    }
    return true;
}

static str take_until(str *rest, const char *ends)
{
    size_t n = 0;
    while (n < rest->n && (rest->p[n] == 0 || !strchr(ends, rest->p[n])))
        n++;
    str word = {rest->p, n};
    *rest = str_skip(*rest, n);
    return word;
}

static bool read_index(str *rest, struct steps *s, struct err *e)
{
    *rest = str_skip(*rest, 1);
    str index = take_until(rest, "]");
    if (rest->n == 0 || index_of(index) == UINT64_MAX)
        return err_set(e, ERR_USAGE,
                       "a whole number stands between [ and ]: $.list[0]; names with dots or "
                       "brackets are written with slashes: /a.b");
    *rest = str_skip(*rest, 1);
    add_step(s, index);
    return true;
}

/* ".a.b[0]", behind the $. */
static bool read_dots(str rest, struct steps *s, struct err *e)
{
    while (rest.n) {
        if (rest.p[0] == '[') {
            if (!read_index(&rest, s, e))
                return false;
            continue;
        }
        bool dot = rest.p[0] == '.';
        rest = str_skip(rest, 1);
        str name = take_until(&rest, ".[");
        if (!dot || name.n == 0)
            return err_set(e, ERR_USAGE, "behind the $ stand .name and [0], like $.a.b[0]");
        add_step(s, name);
    }
    return true;
}

static bool read_steps(str text, struct steps *s, struct arena *arena, struct err *e)
{
    if (text.n == 0)
        return true;
    if (text.p[0] == '/')
        return read_slashes(str_skip(text, 1), s, arena, e);
    if (text.p[0] == '$')
        return read_dots(str_skip(text, 1), s, e);
    return err_set(e, ERR_USAGE, "it begins with / or $, like /state or $.state");
}

bool json_pointer_parse(str text, struct arena *arena, struct json_pointer *out, struct err *e)
{
    struct steps s = {0};
    str kept = arena_dup(arena, text);
    bool good = read_steps(kept, &s, arena, e);
    if (good) {
        struct json_step *steps = arena_alloc(arena, s.n * sizeof *steps);
        if (s.n)
            memcpy(steps, s.list, s.n * sizeof *steps);
        *out = (struct json_pointer){kept, steps, s.n};
    } else {
        err_wrap(e, "JSON pointer '%.*s'", text.n < QUOTED ? (int)text.n : QUOTED, text.p);
    }
    mem_free(s.list);
    return good;
}

/* ---- finding ---- */

static bool is_wanted(const struct json_step *step, const struct json_item *item, uint64_t i)
{
    return item->key.p ? json_text_is(item->key, step->name) : step->index == i;
}

/* Goes to the child of the container that was just opened. False: there is none, or broken. */
static bool find_child(struct json_walk *w, const struct json_step *step, struct json_item *item)
{
    for (uint64_t i = 0; json_walk_next(w, item) && !item->closes; i++) {
        if (is_wanted(step, item, i))
            return true;
        if (json_opens(item) && !json_walk_skip(w))
            return false;
    }
    return false;
}

/* Stands in front; the raw of an array or object that is found is all of it. */
static bool go(struct json_walk *w, const struct json_pointer *p, struct json_item *item)
{
    if (!json_walk_next(w, item))
        return false;
    for (size_t i = 0; i < p->n; i++)
        if (!json_opens(item) || !find_child(w, &p->steps[i], item))
            return false;
    if (json_opens(item) && !json_walk_skip(w))
        return false;
    item->raw.n = (size_t)(w->p - item->raw.p);
    return p->n || json_walk_end(w);
}

bool json_find(str text, const struct json_pointer *p, struct json_value *out)
{
    struct json_walk w;
    struct json_item item;
    json_walk_start(&w, text);
    *out = (struct json_value){.kind = JSON_IS_MISSING};
    bool found = go(&w, p, &item);
    if (found)
        *out = (struct json_value){.kind = item.kind, .raw = item.raw};
    else if (w.why)
        *out = (struct json_value){
            .kind = JSON_IS_BROKEN, .why = w.why, .offset = (size_t)(w.p - w.start)};
    return found;
}
