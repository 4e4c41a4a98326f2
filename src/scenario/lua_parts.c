/* Reading what is the same for HTTP and Kafka. */
#include "scenario/lua_parts.h"

#include "scenario/lua_check.h"
#include "scenario/lua_table.h"

const struct lua_api_entry lua_call_keys[] = {
    {"name", NULL, "string?", "of its series; else what it is, like \"GET /ping\""},
    {"timeout", NULL, "string|number|nil", "\"500ms\", \"2s\", a number of seconds"},
    {"tags", NULL, "table<string, string|number>?", "tags of its series"},
    {"checks", NULL, LUA_CHECKS_FORM,
     "made with each reply; a function gives nil, or why it failed"},
    {.name = NULL},
};

struct pair_reader {
    struct text_pairs *out;
    const char *what;
};

static void add_pair(lua_State *L, str key, void *to)
{
    struct pair_reader *r = to;
    str value;
    if (lua_type(L, -1) == LUA_TNUMBER) { /* a copy, so that the table stays as it is */
        lua_pushvalue(L, -1);
        value = arena_dup(&script_of(L)->scratch, str_from(lua_tostring(L, -1)));
        lua_pop(L, 1);
    } else {
        value = lua_view(L, -1);
    }
    if (!value.p)
        luaL_error(L, "'%s' in %s is a text, not a %s", key.p, r->what, luaL_typename(L, -1));
    r->out->list[r->out->n++] = (struct text_pair){key, value};
}

bool read_pairs(lua_State *L, int index, const char *field, struct text_pairs *out)
{
    struct pair_reader r = {out, field};
    size_t n = 0;
    if (!table_table(L, index, field))
        return false;
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        n++;
    out->list = arena_alloc(&script_of(L)->scratch, n * sizeof *out->list);
    table_each_sorted(L, table, add_pair, &r);
    lua_pop(L, 1);
    return true;
}

void keep_pairs(struct arena *arena, const struct text_pairs *from, struct text_pairs *to)
{
    to->list = arena_alloc(arena, from->n * sizeof *to->list);
    for (to->n = 0; to->n < from->n; to->n++)
        to->list[to->n] = (struct text_pair){arena_dup(arena, from->list[to->n].name),
                                             arena_dup(arena, from->list[to->n].value)};
}

void read_checks(lua_State *L, int client, int index, struct check_parts *out)
{
    struct arena *scratch = &script_of(L)->scratch;
    if (client != LUA_NOREF) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, client);
        checks_read(L, lua_gettop(L), scratch, out);
        lua_pop(L, 1);
    }
    if (lua_istable(L, index) && table_table(L, index, "checks")) {
        checks_read(L, lua_gettop(L), scratch, out);
        lua_pop(L, 1);
    }
}

int keep_checks(lua_State *L, int index)
{
    struct check_parts read = {.list.n = 0};
    if (!table_table(L, index, "checks"))
        return LUA_NOREF;
    checks_read(L, lua_gettop(L), &script_of(L)->scratch, &read);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

str definition_key(lua_State *L, const struct client_definition *client, const char *method,
                   int index)
{
    struct buf key = {0};
    struct err e;
    buf_printf(&key, "%u %s ", client->number, method);
    bool good = lua_copy_out(L, index, COPY_ANY_FUNCTION, &key, &e);
    str kept = arena_dup(&script_of(L)->scratch, buf_view(&key));
    buf_free(&key);
    if (!good)
        lua_state_fail(L, &e);
    return kept;
}

/* Pushes the table of checks in the definition at `index`; 0: it has none. */
static int push_checks(lua_State *L, int index)
{
    return lua_istable(L, index) && table_table(L, index, "checks") ? lua_gettop(L) : 0;
}

static int call_at_once(lua_State *L, const struct definer *d)
{
    script_user(L, "a call");
    lua_settop(L, 2);
    arena_free(&script_of(L)->scratch); /* what was left when a definition ended in an error */
    lua_rawgeti(L, LUA_REGISTRYINDEX, d->kept);
    str key = definition_key(L, d->definition, d->method, 2);
    lua_pushlstring(L, key.p, key.n);
    lua_pushvalue(L, -1);
    lua_rawget(L, 3);
    struct lua_call *call = lua_touserdata(L, -1);
    if (!call) {
        lua_pop(L, 1);
        call = d->define(L, d, 2);
        lua_rawset(L, 3);
    }
    return lua_call_make(L, call, 0, call->n_functions ? push_checks(L, 2) : 0);
}

int call_method(lua_State *L, const struct definer *d)
{
    struct script *s = script_of(L);
    if (!s->loading)
        return call_at_once(L, d);
    d->define(L, d, 2);
    arena_free(&s->scratch);
    return 1;
}
