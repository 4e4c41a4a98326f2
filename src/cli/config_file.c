/* Settings from a JSON file, through jansson. */
#include "cli/config_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file while it is read. */
struct file {
    struct args *args;
    str path; /* as given */
};

/* With the fewest decimals that give the same number again, and without an exponent, which the
 * readers of units do not take. */
static str real_text(struct arena *arena, double value)
{
    char text[700]; /* the longest: 309 digits, a point, 345 decimals */
    int decimals = 0;
    do
        snprintf(text, sizeof text, "%.*f", decimals, value);
    while (decimals++ < 345 && strtod(text, NULL) != value);
    return arena_dup(arena, str_from(text));
}

/* A value as it would be typed; false for what no option takes: null, lists, objects. */
static bool scalar_text(struct arena *arena, const json_t *value, str *out)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        *out = arena_dup(arena, (str){json_string_value(value), json_string_length(value)});
        return true;
    case JSON_INTEGER:
        *out = arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_REAL:
        *out = real_text(arena, json_real_value(value));
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        *out = json_is_true(value) ? STR("true") : STR("false");
        return true;
    default:
        return false;
    }
}

static bool put_scalar(struct file *f, struct arg *arg, const json_t *value, struct err *e)
{
    bool is_switch = arg->option->type == OPTION_SWITCH;
    const char *repeats = arg->option->repeats ? ", or a list of them" : "";
    str text;
    if (json_is_boolean(value) != is_switch || !scalar_text(&f->args->arena, value, &text))
        return err_set(e, ERR_USAGE, "%s%s is wanted",
                       is_switch ? "true or false" : "a string or a number", repeats);
    return args_put(arg, text, ARG_FILE, f->path, e);
}

static bool put(struct file *f, struct arg *arg, const json_t *value, struct err *e)
{
    if (!json_is_array(value) || !arg->option->repeats)
        return put_scalar(f, arg, value, e);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!put_scalar(f, arg, json_array_get(value, i), e))
            return false;
    return true;
}

static bool unknown(struct file *f, str key, const json_t *value, struct err *e)
{
    const struct args_grammar *g = f->args->grammar;
    str text = {NULL, 0}, near = args_nearest(f->args, key, ARG_FILE);
    str flag = arena_printf(&f->args->arena, "--" STR_FMT, STR_ARG(key));
    if (g->elsewhere && g->elsewhere(key, ARG_FILE)) {
        args_note_unused(f->args, arena_dup(&f->args->arena, key), f->path);
        return true;
    }
    scalar_text(&f->args->arena, value, &text);
    if (g->refuse && g->refuse(g, flag, text, false, e))
        return false;
    if (near.n)
        return err_set(e, ERR_USAGE, "no setting is called so; did you mean '" STR_FMT "'?",
                       STR_ARG(near));
    return err_set(e, ERR_USAGE, "no setting is called so; keys are the long options of %s",
                   g->command);
}

static bool read_object(struct file *f, json_t *object, struct err *e)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        return err_set(e, ERR_USAGE, STR_FMT ": an object is wanted, like {\"rate\": \"2k\"}",
                       STR_ARG(f->path));
    json_object_foreach(object, key, value)
    {
        struct arg *arg = args_find(f->args, str_from(key), ARG_FILE);
        bool good = arg ? put(f, arg, value, e) : unknown(f, str_from(key), value, e);
        if (!good)
            return err_wrap(e, STR_FMT ": '%s'", STR_ARG(f->path), key);
    }
    return true;
}

bool config_file_read(struct args *a, const char *path, struct err *e)
{
    struct file f = {a, str_from(path)};
    json_error_t wrong;
    FILE *stream = fopen(path, "re");
    json_t *object =
        stream ? json_loadf(stream, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &wrong) : NULL;
    bool unreadable = !stream || ferror(stream);
    int why = errno;
    if (stream)
        fclose(stream);
    if (unreadable) {
        json_decref(object);
        return err_set(e, ERR_RUN, "cannot read %s: %s", path, strerror(why));
    }
    if (!object)
        return err_set(e, ERR_USAGE, "%s:%d:%d: %s", path, wrong.line, wrong.column, wrong.text);
    bool good = read_object(&f, object, e);
    json_decref(object);
    return good;
}
