/* The tables of lua_api.h as text: annotations that editors complete and check scenarios by, and a
 * chapter for readers. Format of the annotations: luals.github.io/wiki/annotations. */
#include <string.h>

#include "scenario/lua_api.h"
#include "scenario/lua_scenario.h"

/* In the order of a scenario file. */
static const struct table_keys *const definitions[] = {
    &lua_scenario_keys,    &lua_plan_keys,       &lua_stage_keys,
    &lua_vu_keys,          &lua_http_keys,       &lua_http_call_keys,
    &lua_kafka_keys,       &lua_kafka_send_keys, &lua_kafka_rpc_keys,
    &lua_correlate_keys,   &lua_kafka_take_keys, &lua_wanted_keys,
    &lua_codec_keys,       &lua_feed_keys,       &lua_rows_keys,
    &lua_transaction_keys, &lua_lag_keys,        NULL,
};

/* ---- forms ---- */

/* Cuts the text at the first `end` that stands in no bracket; without one, all of it is before. */
static void cut_outside(str text, char end, str *before, str *after)
{
    int depth = 0;
    *before = text;
    *after = STR("");
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (depth == 0 && c == end) {
            *before = (str){text.p, i};
            *after = str_skip(text, i + 1);
            return;
        }
        depth += (strchr("(<{[", c) != NULL) - (strchr(")>}]", c) != NULL);
    }
}

/* "(parameters): result", where a type may also begin with a bracket: "(fun(): any)?". */
static bool is_function(const struct lua_api_entry *e)
{
    str parameters, rest;
    if (e->form[0] != '(')
        return false;
    cut_outside(str_skip(str_from(e->form), 1), ')', &parameters, &rest);
    return rest.n == 0 || rest.p[0] == ':';
}

/* ---- annotations ---- */

static void annotate_field(const char *name, const char *type, const char *help, struct buf *out)
{
    buf_printf(out, "---@field %s %s%s%s\n", name, type, help ? " # " : "", help ? help : "");
}

/* "a: string, b?: number" as lines; gathers the names. */
static void annotate_parameters(str list, struct buf *names, struct buf *out)
{
    str parameter, name, type;
    while (list.n) {
        cut_outside(list, ',', &parameter, &list);
        str_cut(str_trim(parameter), ':', &name, &type);
        buf_printf(out, "---@param " STR_FMT " " STR_FMT "\n", STR_ARG(name),
                   STR_ARG(str_trim(type)));
        if (str_ends(name, STR("?")))
            name.n--;
        buf_printf(names, "%s" STR_FMT, names->n ? ", " : "", STR_ARG(name));
    }
}

static void annotate_function(const char *owner, char separator, const struct lua_api_entry *e,
                              struct buf *out)
{
    str parameters, result;
    struct buf names = {0};
    buf_printf(out, "\n--- %s\n", e->help);
    cut_outside(str_skip(str_from(e->form), 1), ')', &parameters, &result);
    annotate_parameters(parameters, &names, out);
    if (result.n)
        buf_printf(out, "---@return " STR_FMT "\n", STR_ARG(str_trim(str_skip(result, 1))));
    buf_printf(out, "function %s%c%s(" STR_FMT ") end\n", owner, separator, e->name,
               STR_ARG(buf_view(&names)));
    buf_free(&names);
}

static void annotate_functions(const char *owner, char separator, const struct lua_api_entry *e,
                               struct buf *out)
{
    for (; e->name; e++)
        if (is_function(e))
            annotate_function(owner, separator, e, out);
}

static void annotate_fields(const struct lua_api_entry *e, struct buf *out)
{
    for (; e && e->name; e++)
        if (!is_function(e))
            annotate_field(e->name, e->form, e->help, out);
}

static void annotate_class(const struct lua_api_class *class, struct buf *out)
{
    const char *owner = strrchr(class->name, '.') + 1;
    buf_printf(out, "\n--- %s\n---@class %s\n", class->help, class->name);
    annotate_fields(class->entries, out);
    if (class->call_form)
        buf_printf(out, "---@overload fun%s\n", class->call_form);
    buf_printf(out, "local %s = {}\n", owner);
    annotate_functions(owner, ':', class->entries, out);
}

static void annotate_definition(const struct table_keys *keys, struct buf *out)
{
    buf_printf(out, "\n--- %s\n---@class %s\n", keys->help, keys->class);
    if (keys->item)
        annotate_field(keys->items == 1 ? "[1]" : "[integer]", keys->item, NULL, out);
    annotate_fields(keys->known, out);
    annotate_fields(keys->also, out);
}

void lua_reference_annotations(struct buf *out)
{
    buf_str(out, STR("---@meta\n-- What scenarios of weir can use and write, for editors that read "
                     "LuaLS annotations.\n-- Written by weir help --lua.\n"));
    for (const struct table_keys *const *d = definitions; *d; d++)
        annotate_definition(*d, out);
    for (const struct lua_api_class *const *c = lua_api_classes; *c; c++)
        annotate_class(*c, out);
    buf_str(out, STR("\n--- a check that is made without Lua: weir.is\n---@class weir.Check\n"
                     "\n--- behaviours with their shares: weir.mix\n---@class weir.Mix\n"
                     "\n---@class weir\n---@field null lightuserdata # JSON's null, Kafka's absent "
                     "value\nweir = {}\n\n--- checks for the key checks of a call\n"
                     "---@class weir.is\nweir.is = {}\n"));
    annotate_functions("weir.is", '.', lua_is_api, out);
    for (size_t i = 0; lua_api_weir[i]; i++)
        annotate_functions("weir", '.', lua_api_weir[i], out);
}

/* ---- the reference ---- */

static void list_entries(const char *owner, const struct lua_api_entry *e, struct buf *out)
{
    for (; e && e->name; e++) {
        if (is_function(e))
            buf_printf(out, "- `%s%s%s`: %s\n", owner, e->name, e->form, e->help);
        else
            buf_printf(out, "- `%s: %s`: %s\n", e->name, e->form, e->help);
    }
}

static void describe_class(const struct lua_api_class *class, struct buf *out)
{
    buf_printf(out, "\n### %s\n\n%s\n\n", class->name, class->help);
    if (class->call_form)
        buf_printf(out, "- `call%s`: makes it\n", class->call_form);
    list_entries(":", class->entries, out);
}

static void describe_definition(const struct table_keys *keys, struct buf *out)
{
    buf_printf(out, "\n### %s\n\n%s\n\n", keys->class, keys->help);
    list_entries("", keys->known, out);
    list_entries("", keys->also, out);
}

void lua_reference_markdown(struct buf *out)
{
    buf_str(out, STR("\n## Scenario files\n\nLua 5.1; the file returns `weir.scenario{…}` or "
                     "`weir.plan{…}`. A type that ends in `?` or has `|nil` may be left out. "
                     "Editors read the same from `share/weir/weir.lua`.\n\n### weir\n\n"));
    for (size_t i = 0; lua_api_weir[i]; i++)
        list_entries("weir.", lua_api_weir[i], out);
    buf_str(out, STR("- `weir.null`: JSON's null, Kafka's absent value\n\n### weir.is\n\n"
                     "checks for the key `checks` of a call\n\n"));
    list_entries("weir.is.", lua_is_api, out);
    for (const struct table_keys *const *d = definitions; *d; d++)
        describe_definition(*d, out);
    for (const struct lua_api_class *const *c = lua_api_classes; *c; c++)
        describe_class(*c, out);
}
