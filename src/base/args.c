/* Reading flags: `-c64`, `-c 64`, `-c=64`, `--users 64`, `--users=64`, switches, `--`. */
#include "base/args.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"

/* The words behind the command's name and how far they were read. */
struct line {
    char *const *words;
    int n, next;
};

/* A flag taken apart. */
struct flag {
    str name;        /* as typed, without a value: "--users", "-c" */
    str value;       /* what hangs on it */
    bool has_value;  /* something does, perhaps nothing but "=" */
    struct arg *arg; /* NULL when the tables do not have it */
};

void args_open(struct args *a, const struct args_grammar *grammar)
{
    *a = (struct args){.grammar = grammar};
    while (options_at(grammar->tables, a->n))
        a->n++;
    a->list = mem_array(a->n, sizeof *a->list);
    for (size_t i = 0; i < a->n; i++) {
        struct arg *arg = &a->list[i];
        arg->option = options_at(grammar->tables, i);
        if (!arg->option->fallback)
            continue;
        arg->values = mem_room(arg->values, arg->n, &arg->capacity, sizeof *arg->values);
        arg->values[arg->n++] = str_from(arg->option->fallback);
    }
}

void args_close(struct args *a)
{
    for (size_t i = 0; i < a->n; i++)
        mem_free(a->list[i].values);
    mem_free(a->list);
    mem_free(a->unused);
    arena_free(&a->arena);
    *a = (struct args){0};
}

static bool may_come_from(const struct option *o, enum arg_origin from)
{
    return o->from == 0 || (o->from & (1u << from));
}

static bool is_called(const struct option *o, str name)
{
    return str_eq(name, str_from(o->name)) || (o->alias && str_eq(name, str_from(o->alias)));
}

struct arg *args_find(const struct args *a, str name, enum arg_origin from)
{
    for (size_t i = 0; i < a->n; i++)
        if (may_come_from(a->list[i].option, from) && is_called(a->list[i].option, name))
            return &a->list[i];
    return NULL;
}

static struct arg *find_letter(const struct args *a, char letter)
{
    for (size_t i = 0; i < a->n; i++) {
        const char *letters = a->list[i].option->letters;
        if (letters && letter && strchr(letters, letter))
            return &a->list[i];
    }
    return NULL;
}

str args_nearest(const struct args *a, str wrong, enum arg_origin from)
{
    struct nearest nearest = {0};
    for (size_t i = 0; i < a->n; i++) {
        const struct option *o = a->list[i].option;
        if (!may_come_from(o, from))
            continue;
        nearest_try(&nearest, wrong, str_from(o->name));
        if (o->alias)
            nearest_try(&nearest, wrong, str_from(o->alias));
    }
    return nearest.best;
}

void args_note_unused(struct args *a, str name, str where)
{
    a->unused = mem_room(a->unused, a->n_unused, &a->unused_capacity, sizeof *a->unused);
    a->unused[a->n_unused++] = (struct arg_unused){name, where};
}

static bool given_twice(const struct arg *arg, str where, struct err *e)
{
    const char *name = arg->option->name;
    if (str_eq(arg->where, where))
        return err_set(e, ERR_USAGE, "--%s is given twice", name);
    return err_set(e, ERR_USAGE, "--%s is given twice (by " STR_FMT " and " STR_FMT ")", name,
                   STR_ARG(arg->where), STR_ARG(where));
}

bool args_put(struct arg *arg, str value, enum arg_origin origin, str where, struct err *e)
{
    if (arg->origin > origin)
        return true;
    if (arg->origin < origin)
        arg->n = 0;
    else if (arg->n && !arg->option->repeats)
        return given_twice(arg, where, e);
    arg->values = mem_room(arg->values, arg->n, &arg->capacity, sizeof *arg->values);
    arg->values[arg->n++] = value;
    arg->origin = origin;
    arg->where = where;
    return true;
}

static bool is_flag(str word)
{
    return word.n >= 2 && word.p[0] == '-';
}

static str peek(const struct line *line)
{
    return line->next < line->n ? str_from(line->words[line->next]) : (str){NULL, 0};
}

/* "--name" or "--name=value". */
static struct flag long_flag(const struct args *a, str word)
{
    struct flag f;
    f.has_value = str_cut(word, '=', &f.name, &f.value);
    f.arg = args_find(a, str_skip(f.name, 2), ARG_FLAG);
    return f;
}

/* "-x", "-xvalue" or "-x=value". */
static struct flag short_flag(const struct args *a, str word)
{
    struct flag f = {.name = {word.p, 2}, .value = str_skip(word, 2), .has_value = word.n > 2};
    if (str_starts(f.value, STR("=")))
        f.value = str_skip(f.value, 1);
    f.arg = find_letter(a, word.p[1]);
    return f;
}

static bool refused(const struct args *a, const struct flag *f, const struct line *line,
                    struct err *e)
{
    str value = f->has_value ? f->value : peek(line);
    if (!f->has_value && is_flag(value))
        value = (str){NULL, 0};
    return a->grammar->refuse && a->grammar->refuse(a->grammar, f->name, value, f->arg != NULL, e);
}

/* "-rate 50": a long name behind one dash, as Go's tools write it, is no "-r" with the value "ate".
 */
static bool one_dash_too_few(const struct args *a, str word, const struct line *line, struct err *e)
{
    struct flag whole = {0};
    whole.has_value = str_cut(word, '=', &whole.name, &whole.value);
    if (whole.name.n < 3)
        return false;
    if (refused(a, &whole, line, e))
        return true;
    if (!args_find(a, str_skip(whole.name, 1), ARG_FLAG))
        return false;
    err_set(e, ERR_USAGE, STR_FMT ": long options have two dashes: -" STR_FMT, STR_ARG(whole.name),
            STR_ARG(whole.name));
    return true;
}

static bool unknown(const struct args *a, str name, struct err *e)
{
    bool is_long = str_starts(name, STR("--"));
    char other_case = name.p[1] ^ 0x20;
    str near = {NULL, 0};
    if (is_long)
        near = args_nearest(a, str_skip(name, 2), ARG_FLAG);
    else if (find_letter(a, other_case))
        near = (str){&other_case, 1};
    if (near.n)
        return err_set(e, ERR_USAGE, "unknown option " STR_FMT "; did you mean %s" STR_FMT "?",
                       STR_ARG(name), is_long ? "--" : "-", STR_ARG(near));
    return err_set(e, ERR_USAGE, "unknown option " STR_FMT "; %s --help lists what there is",
                   STR_ARG(name), a->grammar->command);
}

/* Does this word, found where a value should be, look like the next flag? */
static bool is_known_flag(const struct args *a, str word)
{
    if (!is_flag(word))
        return false;
    if (str_starts(word, STR("--")))
        return long_flag(a, word).arg != NULL;
    return word.n == 2 && find_letter(a, word.p[1]);
}

static bool take_value(const struct args *a, struct flag *f, struct line *line, struct err *e)
{
    const char *argument = f->arg->option->argument;
    if (line->next == line->n)
        return err_set(e, ERR_USAGE, STR_FMT " needs a value: " STR_FMT " %s", STR_ARG(f->name),
                       STR_ARG(f->name), argument);
    f->value = peek(line);
    if (is_known_flag(a, f->value))
        return err_set(e, ERR_USAGE,
                       STR_FMT " needs a value (%s), but the option " STR_FMT " follows",
                       STR_ARG(f->name), argument, STR_ARG(f->value));
    line->next++;
    return true;
}

/* What follows is no value of it. */
static bool is_implied(const struct option *o, const struct line *line)
{
    return o->implied && !str_starts(peek(line), (str){o->implied, 1});
}

static bool read_flag(struct args *a, str word, struct line *line, struct err *e)
{
    bool is_long = str_starts(word, STR("--"));
    if (!is_long && one_dash_too_few(a, word, line, e))
        return false;
    struct flag f = is_long ? long_flag(a, word) : short_flag(a, word);
    if (refused(a, &f, line, e))
        return false;
    if (!f.arg)
        return unknown(a, f.name, e);
    if (f.arg->option->type == OPTION_SWITCH)
        f.value = f.has_value ? f.value : STR("true");
    else if (!f.has_value && is_implied(f.arg->option, line))
        f.value = str_from(f.arg->option->implied);
    else if (!f.has_value && !take_value(a, &f, line, e))
        return false;
    return args_put(f.arg, f.value, ARG_FLAG, f.name, e);
}

bool args_flags(struct args *a, int argc, char *const *argv, struct err *e)
{
    struct line line = {argv, argc, 0};
    bool options_ended = false;
    a->operands = arena_alloc(&a->arena, ((size_t)argc + 1) * sizeof *a->operands);
    while (line.next < line.n) {
        str word = str_from(argv[line.next++]);
        if (!options_ended && str_eq(word, STR("--")))
            options_ended = true;
        else if (options_ended || !is_flag(word))
            a->operands[a->n_operands++] = word;
        else if (!read_flag(a, word, &line, e))
            return false;
    }
    return true;
}
