/* Settings from the environment. An empty variable counts as unset. A variable that has the prefix
 * and no meaning is one warning, not an error: others put names there too, Kubernetes above all
 * (https://kubernetes.io/docs/concepts/containers/container-environment/). */
#include "base/args.h"

#include <ctype.h>

#include "base/log.h"

/* MAX_IN_FLIGHT → max-in-flight */
static str long_name(struct args *a, str variable)
{
    char *name = arena_alloc(&a->arena, variable.n + 1);
    for (size_t i = 0; i < variable.n; i++)
        name[i] = variable.p[i] == '_' ? '-' : (char)tolower((unsigned char)variable.p[i]);
    return (str){name, variable.n};
}

static void add_variable(struct buf *out, const char *prefix, str name)
{
    buf_str(out, str_from(prefix));
    for (size_t i = 0; i < name.n; i++)
        buf_char(out, name.p[i] == '-' ? '_' : (char)toupper((unsigned char)name.p[i]));
}

void option_variable(const struct option *o, const char *prefix, struct buf *out)
{
    if (o->from == 0 || (o->from & FROM_ENVIRONMENT))
        add_variable(out, prefix, str_from(o->name));
}

/* What a cluster injects for a service whose name begins like ours: X_SERVICE_HOST,
 * X_SERVICE_PORT_HTTP, X_PORT=tcp://…, X_PORT_80_TCP_ADDR. */
static bool is_injected(str name, str value)
{
    return str_ends(name, STR("_SERVICE_HOST")) || str_contains(name, STR("_SERVICE_PORT")) ||
           str_ends(name, STR("_PORT")) || str_contains(name, STR("_PORT_")) ||
           str_starts(value, STR("tcp://")) || str_starts(value, STR("udp://"));
}

static void warn(struct args *a, str variable, str name, str value)
{
    const struct args_grammar *g = a->grammar;
    struct buf flag = {0}, near_variable = {0};
    struct err why = {0};
    buf_printf(&flag, "--" STR_FMT, STR_ARG(name));
    str near = args_nearest(a, name, ARG_ENVIRONMENT);
    add_variable(&near_variable, g->prefix, near);
    if (g->refuse && g->refuse(g, buf_view(&flag), value, false, &why))
        log_warn(STR_FMT " has no effect: %s", STR_ARG(variable), why.text);
    else if (near.n)
        log_warn(STR_FMT " has no effect; did you mean " STR_FMT "?", STR_ARG(variable),
                 STR_ARG(buf_view(&near_variable)));
    else
        log_warn(STR_FMT " has no effect: no setting is called so", STR_ARG(variable));
    buf_free(&flag);
    buf_free(&near_variable);
}

static bool put_each_line(struct arg *arg, str value, str variable, struct err *e)
{
    str line;
    if (!arg->option->repeats)
        return args_put(arg, value, ARG_ENVIRONMENT, variable, e);
    while (str_next(&value, '\n', &line))
        if (line.n && !args_put(arg, line, ARG_ENVIRONMENT, variable, e))
            return false;
    return true;
}

/* A variable that has the prefix. */
static bool read_own(struct args *a, str variable, str value, struct err *e)
{
    str name = long_name(a, str_skip(variable, str_from(a->grammar->prefix).n));
    struct arg *arg = args_find(a, name, ARG_ENVIRONMENT);
    if (arg)
        return put_each_line(arg, value, variable, e);
    bool elsewhere = a->grammar->elsewhere && a->grammar->elsewhere(name, ARG_ENVIRONMENT);
    if (!elsewhere && !is_injected(variable, value))
        warn(a, variable, name, value);
    return true;
}

/* A variable of another convention that some option obeys. */
static bool read_borrowed(struct args *a, str variable, str value, struct err *e)
{
    for (size_t i = 0; i < a->n; i++) {
        struct arg *arg = &a->list[i];
        const struct option *o = arg->option;
        if (!o->variable || !str_eq(variable, str_from(o->variable)) ||
            arg->origin >= ARG_ENVIRONMENT)
            continue;
        if (o->type == OPTION_SWITCH)
            value = STR("true");
        if (!put_each_line(arg, value, variable, e))
            return false;
    }
    return true;
}

bool args_environment(struct args *a, char *const *environment, struct err *e)
{
    str prefix = str_from(a->grammar->prefix), variable, value;
    for (char *const *entry = environment; *entry; entry++)
        if (str_cut(str_from(*entry), '=', &variable, &value) && value.n &&
            str_starts(variable, prefix) && !read_own(a, variable, value, e))
            return false;
    for (char *const *entry = environment; *entry; entry++)
        if (str_cut(str_from(*entry), '=', &variable, &value) && value.n &&
            !read_borrowed(a, variable, value, e))
            return false;
    return true;
}
