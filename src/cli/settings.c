/* Reading all origins in their order, the strongest first. */
#include "cli/settings.h"

#include <stdio.h>

#include "cli/config_file.h"
#include "cli/later.h"

static bool refuse(const struct args_grammar *g, str flag, str value, bool known, struct err *e)
{
    return foreign_answer((enum family)g->family, flag, value, known, e) ||
           (!known && later_flag(flag, e));
}

static bool has(const struct option *const *tables, str name, enum arg_origin from)
{
    const struct option *o;
    for (size_t i = 0; (o = options_at(tables, i)); i++)
        if (str_eq(name, str_from(o->name)) && (!o->from || (o->from & (1u << from))))
            return true;
    return false;
}

static bool elsewhere(str name, enum arg_origin from)
{
    for (const struct command *const *c = commands; *c; c++)
        if (has((*c)->tables, name, from))
            return true;
    return later_elsewhere(name);
}

/* The option that stands by its name alone and could have meant this operand; NULL. */
static const struct option *meant_by(const struct args *a, str operand)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct arg *arg = &a->list[i];
        const struct option *o = arg->option;
        struct err ignored;
        if (o->implied && arg->origin == ARG_FLAG && str_eq(arg->values[0], str_from(o->implied)) &&
            (!o->check || o->check(operand, &ignored)))
            return o;
    }
    return NULL;
}

static bool refuse_operand(const struct settings *s, const struct command *c, struct err *e)
{
    str operand = s->args.operands[c->most];
    const struct option *o = meant_by(&s->args, operand);
    if (o)
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is one too many; for --%s it is written --%s=" STR_FMT,
                       STR_ARG(operand), o->name, o->name, STR_ARG(operand));
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is one too many; write %s%s%s [options]",
                   STR_ARG(operand), s->command, c->operands ? " " : "",
                   c->operands ? c->operands : "");
}

static bool check_operands(const struct settings *s, const struct command *c, struct err *e)
{
    size_t n = s->args.n_operands;
    const char *operands = c->operands ? c->operands : "";
    if (n > c->most)
        return refuse_operand(s, c, e);
    if (n >= c->least)
        return true;
    str names = str_from(operands), missing = names;
    for (size_t i = 0; i <= n && c->least > 1; i++) /* "A B": the first that is not there */
        str_next(&names, ' ', &missing);
    return err_set(e, ERR_USAGE, "%s: the " STR_FMT " is missing; for example: %s", s->command,
                   STR_ARG(missing), c->examples[0].line);
}

static bool is_set(const struct args *a, const char *name)
{
    return args_find(a, str_from(name), ARG_FLAG) && args_switch(a, name);
}

/* What is beneath the flags: environment, then the file that flags or environment name. */
static bool read_beneath(struct args *a, char *const *environment, struct err *e)
{
    if (!args_environment(a, environment, e))
        return false;
    if (!args_find(a, STR("config"), ARG_FLAG) || !args_given(a, "config"))
        return true;
    return config_file_read(a, arena_z(&a->arena, args_text(a, "config")), e);
}

enum settings_outcome settings_read(struct settings *s, const struct command *c, int argc,
                                    char *const *argv, char *const *environment, struct err *e)
{
    struct args *a = &s->args;
    snprintf(s->command, sizeof s->command, "weir %s", c->name);
    s->grammar = (struct args_grammar){
        .command = s->command,
        .prefix = "WEIR_",
        .operand = c->operands,
        .tables = c->tables,
        .mask_operand = c->mask_operand,
        .family = c->family,
        .refuse = refuse,
        .elsewhere = elsewhere,
    };
    args_open(a, &s->grammar);
    bool good = args_flags(a, argc, argv, e);
    if (is_set(a, "help"))
        return SETTINGS_HELP;
    if (!good || !read_beneath(a, environment, e) || !args_check(a, e))
        return SETTINGS_WRONG;
    if (is_set(a, "print-config"))
        return SETTINGS_PRINT;
    return check_operands(s, c, e) ? SETTINGS_READY : SETTINGS_WRONG;
}

void settings_close(struct settings *s)
{
    args_close(&s->args);
}
