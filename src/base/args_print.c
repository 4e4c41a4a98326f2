/* All settings with their origins, three columns: name, value, origin. */
#include "base/args.h"

/* Longer values do not push the origins of all others to the right. */
enum { VALUE_WIDTH = 40 };

/* A row before it is aligned. */
struct row {
    str name, value, origin;
};

/* The value on one line and harmless to a terminal. */
static str shown(struct arena *arena, str value, void (*mask)(str, struct buf *))
{
    struct buf masked = {0}, out = {0};
    if (mask) {
        mask(value, &masked);
        value = buf_view(&masked);
    }
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c == '\n')
            buf_str(&out, STR("\\n"));
        else if (c < 0x20 || c == 0x7f)
            buf_printf(&out, "\\x%02x", c);
        else
            buf_char(&out, (char)c);
    }
    str copy = arena_dup(arena, buf_view(&out));
    buf_free(&masked);
    buf_free(&out);
    return copy;
}

static str origin_words(struct arena *arena, const struct arg *arg)
{
    static const char *const words[] = {"default", "file", "environment", "flag"};
    if (arg->origin == ARG_DEFAULT)
        return STR("default");
    return arena_printf(arena, "%s " STR_FMT, words[arg->origin], STR_ARG(arg->where));
}

static str row_name(struct arena *arena, const struct args *a, const struct option *o)
{
    struct buf name = {0};
    if (o->from == FROM_ENVIRONMENT)
        option_variable(o, a->grammar->prefix, &name);
    else
        buf_printf(&name, "--%s", o->name);
    str copy = arena_dup(arena, buf_view(&name));
    buf_free(&name);
    return copy;
}

static str value_at(struct arena *arena, const struct arg *arg, size_t i)
{
    const struct option *o = arg->option;
    if (i < arg->n)
        return shown(arena, arg->values[i], o->mask);
    if (o->otherwise)
        return arena_printf(arena, "(%s)", o->otherwise);
    return o->type == OPTION_SWITCH ? STR("false") : STR("(none)");
}

static size_t add_option(struct row *rows, struct arena *arena, const struct args *a,
                         const struct arg *arg)
{
    size_t n = 0;
    do {
        rows[n] = (struct row){row_name(arena, a, arg->option), value_at(arena, arg, n),
                               origin_words(arena, arg)};
    } while (++n < arg->n);
    return n;
}

static void write_rows(const struct row *rows, size_t n, struct buf *out)
{
    size_t name_width = 0, value_width = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].name.n > name_width)
            name_width = rows[i].name.n;
        if (rows[i].value.n > value_width && rows[i].value.n <= VALUE_WIDTH)
            value_width = rows[i].value.n;
    }
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%-*.*s  %-*.*s  " STR_FMT "\n", (int)name_width, STR_ARG(rows[i].name),
                   (int)value_width, STR_ARG(rows[i].value), STR_ARG(rows[i].origin));
}

static size_t count_rows(const struct args *a)
{
    size_t n = a->n_operands + a->n_unused;
    for (size_t i = 0; i < a->n; i++)
        n += a->list[i].n ? a->list[i].n : 1;
    return n;
}

/* All of them, in the arena. */
static struct row *make_rows(const struct args *a, struct arena *arena, size_t *n)
{
    struct row *rows = arena_alloc(arena, count_rows(a) * sizeof *rows);
    for (size_t i = 0; i < a->n_operands; i++)
        rows[(*n)++] =
            (struct row){str_from(a->grammar->operand),
                         shown(arena, a->operands[i], a->grammar->mask_operand), STR("argument")};
    for (size_t i = 0; i < a->n; i++)
        *n += add_option(rows + *n, arena, a, &a->list[i]);
    for (size_t i = 0; i < a->n_unused; i++)
        rows[(*n)++] =
            (struct row){arena_printf(arena, "--" STR_FMT, STR_ARG(a->unused[i].name)),
                         STR("(not used by this command)"),
                         arena_printf(arena, "file " STR_FMT, STR_ARG(a->unused[i].where))};
    return rows;
}

void args_walk(const struct args *a, void (*visit)(void *owner, str name, str value, str origin),
               void *owner)
{
    struct arena arena = {0};
    size_t n = 0;
    struct row *rows = make_rows(a, &arena, &n);
    for (size_t i = 0; i < n; i++)
        visit(owner, rows[i].name, rows[i].value, rows[i].origin);
    arena_free(&arena);
}

void args_print(const struct args *a, struct buf *out)
{
    struct arena arena = {0};
    size_t n = 0;
    struct row *rows = make_rows(a, &arena, &n);
    write_rows(rows, n, out);
    arena_free(&arena);
}
