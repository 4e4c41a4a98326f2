/* What a script counts beside its calls: counters, values, groups, calls of its own. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scenario/lua_api.h"
#include "scenario/lua_metrics.h"
#include "scenario/script_texts.h"

/* The series of that name and kind; kept by its text. */
static struct numbered_series series(lua_State *L, int name, enum series_kind kind, bool part)
{
    struct numbered_series s = {0};
    luaL_argcheck(L, *luaL_checkstring(L, name) != 0, name, "the name is empty");
    if (!program_series(script_of(L)->program, lua_view(L, name), kind, part, &s))
        luaL_error(L, "the scripts have made up more than %d names of metrics",
                   PROGRAM_SERIES_MOST);
    return s;
}

static int count(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.count");
    double n = luaL_optnumber(L, 2, 1);
    struct host *h = script_of(L)->host;
    if (!(n >= 0 && n <= 0x1p53))
        return luaL_error(L, "weir.count: a counter only grows, not by %f", n);
    h->table->count(h, series(L, 1, SERIES_COUNTER, false), n, vu->clock_ns);
    return 0;
}

static int record(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.record");
    double v = luaL_checknumber(L, 2);
    struct host *h = script_of(L)->host;
    if (!(v >= 0 && v <= 1e12))
        return luaL_error(L, "weir.record: a value lies between 0 and 1e12, not at %f", v);
    h->table->value(h, series(L, 1, SERIES_VALUES, false), v, vu->clock_ns);
    return 0;
}

/* ---- groups ---- */

/* group_begin() → clock (from the iteration's due time on: a number that Lua keeps exactly), slept;
 * prelude.lua calls the function between the two. */
static int group_begin(lua_State *L)
{
    const struct vu *vu = script_user_of(L, 2, "weir.group");
    lua_pushnumber(L, (double)(vu->clock_ns - vu->due_ns));
    lua_pushnumber(L, (double)vu->slept_ns);
    return 2;
}

/* group_end(name, clock, slept) */
static int group_end(lua_State *L)
{
    const struct vu *vu = script_user(L, "weir.group");
    struct host *h = script_of(L)->host;
    uint64_t begun = vu->due_ns + (uint64_t)lua_tonumber(L, 2);
    uint64_t slept = (uint64_t)lua_tonumber(L, 3);
    uint64_t took = vu->clock_ns - begun - (vu->slept_ns - slept);
    h->table->part(h, series(L, 1, SERIES_CALLS, true), begun, took);
    return 0;
}

void lua_group_push(lua_State *L)
{
    lua_pushcfunction(L, group_begin);
    lua_pushcfunction(L, group_end);
}

/* ---- spans ---- */

struct lua_span {
    uint64_t user, number;
};

static int span(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.span");
    struct host *h = script_of(L)->host;
    struct numbered_series of = series(L, 1, SERIES_CALLS, false); /* an error goes from here */
    struct open_span *o = mem_zero(sizeof *o);
    o->span.of = of;
    o->span.due_ns = vu->clock_ns;
    o->number = ++vu->n_spans;
    o->next = vu->spans;
    vu->spans = o;
    h->table->span_begun(h, o->span.of, o->span.due_ns);
    struct lua_span *s = lua_api_new(L, &lua_span_class, sizeof *s);
    *s = (struct lua_span){vu->id, o->number};
    return 1;
}

static void settle(struct host *h, struct open_span **at, enum fate fate, const char *cause)
{
    struct open_span *o = *at;
    *at = o->next;
    o->span.done_ns = clock_now_ns();
    if (o->span.done_ns < o->span.due_ns)
        o->span.done_ns = o->span.due_ns;
    o->span.fate = fate;
    o->span.cause = cause;
    h->table->span_ended(h, &o->span);
    mem_free(o);
}

void lua_spans_abandon(struct script *s, struct vu *vu)
{
    while (vu->spans)
        settle(s->host, &vu->spans, FATE_ABANDONED, "abandoned: never ended by the script");
}

static int end_span(lua_State *L, enum fate fate)
{
    const struct lua_span *s = lua_api_check(L, 1, &lua_span_class);
    struct vu *vu = script_user(L, "the end of a span");
    struct open_span **at = &vu->spans;
    while (*at && (*at)->number != s->number)
        at = &(*at)->next;
    if (!*at || vu->id != s->user)
        return luaL_error(L, "this span has ended already");
    const char *cause = fate == FATE_OK ? NULL : script_reason(L, 2);
    settle(script_of(L)->host, at, fate, cause);
    return 0;
}

static int span_ok(lua_State *L)
{
    return end_span(L, FATE_OK);
}

static int span_fail(lua_State *L)
{
    luaL_checkstring(L, 2);
    return end_span(L, FATE_ERROR);
}

static const struct lua_api_entry entries[] = {
    {"ok", span_ok, "()", "it succeeded"},
    {"fail", span_fail, "(why: string)", "it failed: an error in the books"},
    {.name = NULL},
};

const struct lua_api_class lua_span_class = {
    .name = "weir.Span",
    .help = "a call of the script's own, from weir.span to ok or fail",
    .entries = entries,
};

const struct lua_api_entry lua_metric_api[] = {
    {"count", count, "(name: string, n?: number)", "adds n (1) to a counter of this name"},
    {"record", record, "(name: string, value: number)", "a value: its distribution is kept"},
    {"group", NULL, "(name: string, f: function): any",
     "calls f; the time of its calls together, without its sleeps, is a series"},
    {"span", span, "(name: string): weir.Span", "begins a call of the script's own, in the books"},
    {.name = NULL},
};
