/* The values behind the options: checked once with their origin in the sentence, read by type. */
#include "base/args.h"

#include <assert.h>

#include "base/units.h"

static bool read_switch(str text, bool *on)
{
    static const str words[2][3] = {
        {{"false", 5}, {"no", 2}, {"0", 1}},
        {{"true", 4}, {"yes", 3}, {"1", 1}},
    };
    for (size_t i = 0; i < 6; i++)
        if (str_eq_nocase(text, words[i / 3][i % 3])) {
            *on = i >= 3;
            return true;
        }
    return false;
}

static bool read_choice(str text, const char *words, unsigned *index)
{
    str rest = str_from(words), word;
    for (*index = 0; str_next(&rest, '|', &word); ++*index)
        if (str_eq(text, word))
            return true;
    return false;
}

static bool check_least(const struct option *o, str text, uint64_t value, struct err *e)
{
    if (value >= o->least)
        return true;
    if (o->type == OPTION_DURATION)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is too short", STR_ARG(text));
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is too small; at least %llu", STR_ARG(text),
                   (unsigned long long)o->least);
}

static bool check_type(const struct option *o, str text, struct err *e)
{
    bool on;
    unsigned index;
    uint64_t whole;
    double number;
    switch (o->type) {
    case OPTION_TEXT:
        return true;
    case OPTION_SWITCH:
        return read_switch(text, &on) ||
               err_set(e, ERR_USAGE, "'" STR_FMT "' is neither true nor false", STR_ARG(text));
    case OPTION_CHOICE:
        return read_choice(text, o->argument, &index) ||
               err_set(e, ERR_USAGE, "'" STR_FMT "' is none of %s", STR_ARG(text), o->argument);
    case OPTION_DURATION:
        return units_duration(text, &whole, e) && check_least(o, text, whole, e);
    case OPTION_RATE:
        return units_rate(text, &number, e);
    case OPTION_COUNT:
        return units_count(text, &whole, e) && check_least(o, text, whole, e);
    }
    return false;
}

/* Says whose fault the sentence in *e is. */
static bool blame(const struct arg *arg, struct err *e)
{
    struct err inner = *e;
    if (arg->origin == ARG_FLAG || arg->option->from == FROM_ENVIRONMENT)
        return err_set(e, inner.kind, STR_FMT ": %s", STR_ARG(arg->where), inner.text);
    return err_set(e, inner.kind, "--%s: %s (from " STR_FMT ")", arg->option->name, inner.text,
                   STR_ARG(arg->where));
}

bool args_check(const struct args *a, struct err *e)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct arg *arg = &a->list[i];
        const struct option *o = arg->option;
        for (size_t k = 0; k < arg->n; k++)
            if (!check_type(o, arg->values[k], e) || (o->check && !o->check(arg->values[k], e)))
                return blame(arg, e);
    }
    return true;
}

static const struct arg *get(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (str_eq(str_from(a->list[i].option->name), str_from(name)))
            return &a->list[i];
    assert(!"a reader asked for an option that is in no table");
    return NULL;
}

/* The value to be read as that type; NULL when there is none. */
static const str *value_of(const struct args *a, const char *name, enum option_type type)
{
    const struct arg *arg = get(a, name);
    assert(arg->option->type == type);
    return arg->n ? &arg->values[0] : NULL;
}

bool args_given(const struct args *a, const char *name)
{
    return get(a, name)->origin != ARG_DEFAULT;
}

bool args_switch(const struct args *a, const char *name)
{
    const str *value = value_of(a, name, OPTION_SWITCH);
    bool on = false;
    return value && read_switch(*value, &on) && on;
}

str args_text(const struct args *a, const char *name)
{
    const str *value = value_of(a, name, OPTION_TEXT);
    return value ? *value : (str){NULL, 0};
}

unsigned args_choice(const struct args *a, const char *name)
{
    const str *value = value_of(a, name, OPTION_CHOICE);
    unsigned index = 0;
    bool found = value && read_choice(*value, get(a, name)->option->argument, &index);
    assert(found); /* a choice has a fallback */
    return index;
}

uint64_t args_duration(const struct args *a, const char *name, uint64_t otherwise_ns)
{
    const str *value = value_of(a, name, OPTION_DURATION);
    struct err ignored; /* args_check has passed */
    uint64_t ns;
    return value && units_duration(*value, &ns, &ignored) ? ns : otherwise_ns;
}

double args_rate(const struct args *a, const char *name, double otherwise)
{
    const str *value = value_of(a, name, OPTION_RATE);
    struct err ignored; /* args_check has passed */
    double rate;
    return value && units_rate(*value, &rate, &ignored) ? rate : otherwise;
}

uint64_t args_count(const struct args *a, const char *name, uint64_t otherwise)
{
    const str *value = value_of(a, name, OPTION_COUNT);
    struct err ignored; /* args_check has passed */
    uint64_t count;
    return value && units_count(*value, &count, &ignored) ? count : otherwise;
}

size_t args_times(const struct args *a, const char *name)
{
    return get(a, name)->n;
}

str args_item(const struct args *a, const char *name, size_t i)
{
    assert(i < get(a, name)->n);
    return get(a, name)->values[i];
}

void args_name(const struct args *a, const char *name, struct buf *out)
{
    const struct arg *arg = get(a, name);
    if (arg->origin == ARG_FLAG)
        buf_str(out, arg->where);
    else
        buf_printf(out, "--%s", name);
    if (arg->origin == ARG_ENVIRONMENT || arg->origin == ARG_FILE)
        buf_printf(out, " (from " STR_FMT ")", STR_ARG(arg->where));
}
