/* Orders as JSON. What a stranger wrote: each key is known or refused by name, each value checked;
 * the answer is a sentence for a person. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "web/inside.h"

enum { MARK_MOST = 200, STAGES_MOST = 4000 };

static const struct {
    const char *path;
    enum order_kind kind;
    const char *keys[5]; /* that it may have; NULL ends them */
} kinds[] = {
    {"/api/start", ORDER_START, {NULL}},
    {"/api/stop", ORDER_STOP, {NULL}},
    {"/api/pause", ORDER_PAUSE, {NULL}},
    {"/api/resume", ORDER_RESUME, {NULL}},
    {"/api/load", ORDER_CHANGE, {"rate", "users", "stages", "load", NULL}},
    {"/api/mark", ORDER_MARK, {"text", NULL}},
};

static str text_of(const json_t *v)
{
    return (str){json_string_value(v), json_string_length(v)};
}

/* A number, or text with a unit ("1.5k"). */
static bool read_rate(const json_t *v, double *rate, struct err *e)
{
    if (json_is_string(v))
        return units_rate(text_of(v), rate, e);
    if (!json_is_number(v))
        return err_set(e, ERR_USAGE, "a rate is a number of starts per second, or text like 1.5k");
    *rate = json_number_value(v);
    return *rate > 0 || err_set(e, ERR_USAGE, "a rate is more than 0; pause stops all starts");
}

static bool read_users(const json_t *v, double *users, struct err *e)
{
    uint64_t n;
    if (json_is_integer(v) && json_integer_value(v) > 0) {
        *users = (double)json_integer_value(v);
        return true;
    }
    if (!json_is_string(v) || !units_count(text_of(v), &n, e) || n == 0)
        return err_set(e, ERR_USAGE, "users are a whole number from 1 on; pause stops all starts");
    *users = (double)n;
    return true;
}

static bool read_stages(const json_t *v, struct errand *out, struct err *e)
{
    if (!json_is_string(v) || json_string_length(v) > STAGES_MOST)
        return err_set(e, ERR_USAGE, "stages are text like 1k for 2m, 0..5k over 30s");
    return profile_parse(text_of(v), &out->arena, &out->order.stages, e);
}

static bool read_load(const json_t *v, struct errand *out, struct err *e)
{
    if (json_is_integer(v))
        out->load = arena_printf(&out->arena, "%lld", (long long)json_integer_value(v));
    else if (json_is_string(v))
        out->load = arena_dup(&out->arena, text_of(v));
    else
        return err_set(e, ERR_USAGE, "load is the name or the number of one");
    return true;
}

static bool read_change(const json_t *body, struct errand *out, struct err *e)
{
    const json_t *rate = json_object_get(body, "rate"), *users = json_object_get(body, "users");
    const json_t *stages = json_object_get(body, "stages"), *load = json_object_get(body, "load");
    if (!!rate + !!users + !!stages != 1)
        return err_set(e, ERR_USAGE, "a change has one of rate, users and stages");
    if (load && !read_load(load, out, e))
        return false;
    out->wants = rate ? LOAD_OPEN : LOAD_CLOSED;
    if (rate)
        return read_rate(rate, &out->order.level, e);
    return users ? read_users(users, &out->order.level, e) : read_stages(stages, out, e);
}

static bool read_mark(const json_t *body, struct errand *out, struct err *e)
{
    str text = str_trim(text_of(json_object_get(body, "text")));
    if (text.n == 0 || text.n > MARK_MOST)
        return err_set(e, ERR_USAGE, "a mark has a text of 1 to %d bytes", MARK_MOST);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
            return err_set(e, ERR_USAGE, "a mark has one line of text");
    out->order.text = arena_dup(&out->arena, text);
    return true;
}

static bool knows(const char *const *keys, const char *key)
{
    for (; *keys; keys++)
        if (strcmp(*keys, key) == 0)
            return true;
    return false;
}

static bool read_body(json_t *body, unsigned k, struct errand *out, struct err *e)
{
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value) if (!knows(kinds[k].keys, key)) return err_set(
        e, ERR_USAGE, "an order to %s has no '%.50s'", kinds[k].path, key);
    if (kinds[k].kind == ORDER_CHANGE)
        return read_change(body, out, e);
    return kinds[k].kind != ORDER_MARK || read_mark(body, out, e);
}

bool order_read(str path, str body, struct errand *out, struct err *e)
{
    unsigned k = 0;
    json_error_t wrong;
    while (!str_eq(path, str_from(kinds[k].path))) /* the routes have no others */
        k++;
    out->order.kind = kinds[k].kind;
    json_t *json =
        json_loadb(body.n ? body.p : "{}", body.n ? body.n : 2, JSON_REJECT_DUPLICATES, &wrong);
    if (!json)
        return err_set(e, ERR_USAGE, "the order is not JSON: %s", wrong.text);
    bool good = json_is_object(json) ? read_body(json, k, out, e)
                                     : err_set(e, ERR_USAGE, "an order is a JSON object");
    json_decref(json);
    return good;
}

/* ---- the run's thread ---- */

/* Which load it is about: by name, by number, or the only one that fits. */
static bool find_load(struct errand *e, const struct plan *p)
{
    uint64_t number;
    unsigned fitting = 0;
    for (unsigned i = 0; i < p->n_loads; i++)
        if (e->load.n && str_eq(p->loads[i].name, e->load)) {
            e->order.load = i;
            return true;
        }
    if (e->load.p) {
        bool there = str_u64(e->load, &number) && number < p->n_loads;
        e->order.load = there ? (unsigned)number : 0;
        return there ||
               err_set(&e->err, ERR_USAGE, "there is no load '" STR_FMT "'", STR_ARG(e->load));
    }
    for (unsigned i = 0; i < p->n_loads; i++)
        if (p->n_loads == 1 || (!e->order.stages.n && p->loads[i].profile.model == e->wants)) {
            e->order.load = i;
            fitting++;
        }
    return fitting == 1 ||
           err_set(&e->err, ERR_USAGE, "there are %u loads: say which by \"load\"", p->n_loads);
}

static bool model_fits(struct errand *e, const struct plan *p)
{
    enum load_model model = p->loads[e->order.load].profile.model;
    if (e->order.stages.n || model == e->wants)
        return true;
    return err_set(&e->err, ERR_USAGE,
                   model == LOAD_OPEN ? "this load has a rate (open model), not users"
                                      : "this load has users (closed model), not a rate");
}

void order_work(struct errand *e)
{
    struct web *w = e->web;
    struct control_state s;
    struct json_out j = {.out = &e->out};
    control_look(w->control, &s);
    bool change = e->order.kind == ORDER_CHANGE;
    bool good = (!change || (find_load(e, s.plan) && model_fits(e, s.plan))) &&
                control_give(w->control, &e->order, &e->err);
    if (!good)
        e->status = e->err.kind == ERR_USAGE ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_CONFLICT;
    else
        control_put(w, &j);
}
