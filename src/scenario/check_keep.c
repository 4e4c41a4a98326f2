/* Copies of checks with all that they point to; a name is the script's or what they are called. */
#include "scenario/check_keep.h"

#include "scenario/check_names.h"

static const struct check_value *keep_values(const struct check *c, struct arena *arena)
{
    struct check_value *values = arena_alloc(arena, c->n_values * sizeof *values);
    for (unsigned i = 0; i < c->n_values; i++) {
        values[i] = c->values[i];
        values[i].text = arena_dup(arena, c->values[i].text);
    }
    return values;
}

static struct json_pointer keep_pointer(const struct json_pointer *p, struct arena *arena)
{
    struct json_pointer kept = {.n = 0};
    struct err none;
    if (p->text.p)
        json_pointer_parse(p->text, arena, &kept, &none); /* it was read once already */
    return kept;
}

static const struct check *keep_nested(const struct check *c, struct arena *arena);

/* All but its name. */
static struct check keep_check(const struct check *c, struct arena *arena)
{
    struct check kept = *c;
    kept.values = keep_values(c, arena);
    kept.pointer = keep_pointer(&c->pointer, arena);
    kept.of_request = keep_pointer(&c->of_request, arena);
    if (c->text.p)
        kept.text = arena_dup(arena, c->text);
    if (c->kind == CHECK_WHEN) {
        kept.condition = keep_nested(c->condition, arena);
        kept.then = keep_nested(c->then, arena);
    }
    return kept;
}

static const struct check *keep_nested(const struct check *c, struct arena *arena)
{
    struct check *kept = arena_alloc(arena, sizeof *kept);
    *kept = keep_check(c, arena);
    return kept;
}

static const struct name *keep_name(const struct check *c, str own, struct names *names)
{
    struct buf text = {0};
    if (own.p)
        buf_str(&text, own);
    else
        check_describe(c, &text);
    const struct name *name = names_add(names, buf_view(&text));
    buf_free(&text);
    return name;
}

const struct check_list *checks_keep(const struct check_parts *parts, struct names *names,
                                     struct arena *arena)
{
    if (parts->list.n == 0)
        return NULL;
    struct check_list *list = arena_alloc(arena, sizeof *list);
    struct check *checks = arena_alloc(arena, parts->list.n * sizeof *checks);
    *list = parts->list;
    list->checks = checks;
    for (unsigned i = 0; i < list->n; i++) {
        const struct check *c = &parts->checks[i];
        checks[i] = keep_check(c, arena);
        checks[i].name = keep_name(c, parts->names[i], names);
    }
    return list;
}
