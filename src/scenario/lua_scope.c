/* Looking names up, and writing what is found. */
#include "scenario/lua_scope.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "scenario/kafka_record.h"
#include "scenario/lua_json.h"
#include "scenario/lua_random.h"
#include "scenario/lua_table.h"
#include "scenario/script_texts.h"

/* Pushes what a table has under the name on top, which it replaces; false: nil. */
static bool look_in(lua_State *L, int table)
{
    lua_pushvalue(L, -1);
    lua_gettable(L, table);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return false;
    }
    lua_remove(L, -2);
    return true;
}

static void push_vu(const struct lua_scope *s)
{
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->vu->table);
}

static bool look_in_vu(const struct lua_scope *s)
{
    push_vu(s);
    lua_insert(s->L, -2); /* below the name */
    bool found = look_in(s->L, lua_gettop(s->L) - 1);
    lua_remove(s->L, -2); /* vu */
    return found;
}

/* The name is on top; the value takes its place. */
static bool look_up(const struct lua_scope *s, const struct template_part *part)
{
    if (part->source == SOURCE_VARIABLE && s->vars && look_in(s->L, s->vars))
        return true;
    return look_in_vu(s);
}

/* One that is not known yet: its digits are plain in every place. */
static bool write_id(struct buf *ids, const struct template_part *part, struct buf *out,
                     struct err *e)
{
    bool quoted = part->escape == ESCAPE_JSON;
    if (!ids)
        return err_set(e, ERR_USAGE, "${correlation_id} is for request-reply: kafka:rpc");
    if (quoted)
        buf_char(out, '"');
    record_add_id(out, ids);
    if (quoted)
        buf_char(out, '"');
    return true;
}

static bool write_own(struct lua_scope *s, const struct template_part *part, struct buf *out,
                      struct err *e)
{
    char uuid[UUID_TEXT];
    switch (part->source == SOURCE_VARIABLE ? part->name->number : OWN_CONTENT_LENGTH) {
    case OWN_UUID:
        random_uuid(&s->vu->rng, uuid);
        return escape_add((enum template_escape)part->escape, str_from(uuid), out, e);
    case OWN_NOW:
        buf_printf(out, "%" PRIu64, clock_wall_ns() / NS_PER_S);
        return true;
    case OWN_NOW_MS:
        buf_printf(out, "%" PRIu64, clock_wall_ns() / NS_PER_MS);
        return true;
    case OWN_SEQ:
        buf_printf(out, "%" PRIu64, share_element(s->script->host->share, s->script->sequence++));
        return true;
    case OWN_CORRELATION_ID:
        return write_id(s->scope.ids, part, out, e);
    default:
        return err_set(e, ERR_USAGE,
                       STR_FMT " is not set: neither the call's variables nor vu have it",
                       STR_ARG(part->text));
    }
}

/* The value on top. */
static bool write_value(const struct lua_scope *s, const struct template_part *part,
                        struct buf *out, struct err *e)
{
    lua_State *L = s->L;
    enum template_escape escape = (enum template_escape)part->escape;
    if (escape == ESCAPE_JSON)
        return lua_json_add(L, -1, out, e);
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        return escape_add(escape, lua_view(L, -1), out, e);
    case LUA_TNUMBER:
        return lua_json_number(lua_tonumber(L, -1), out, e);
    case LUA_TBOOLEAN:
        buf_str(out, lua_toboolean(L, -1) ? STR("true") : STR("false"));
        return true;
    default:
        return err_set(e, ERR_USAGE, STR_FMT " is a %s, which has no text; ${json:…} writes tables",
                       STR_ARG(part->text), luaL_typename(L, -1));
    }
}

static bool value(struct template_scope *scope, const struct template_part *part, struct buf *out,
                  struct err *e)
{
    struct lua_scope *s = (struct lua_scope *)scope;
    script_push_name(s->L, part->name);
    bool found = look_up(s, part);
    bool good = found ? write_value(s, part, out, e) : write_own(s, part, out, e);
    lua_pop(s->L, 1);
    return good;
}

/* ---- fields that the definition left out ---- */

static bool is_value(const char *name)
{
    return strcmp(name, "value") == 0;
}

/* Pushes the call's variable of that name; false: nil. */
static bool push_variable(const struct lua_scope *s, const char *name)
{
    lua_pushstring(s->L, name);
    if (s->vars && look_in(s->L, s->vars))
        return true;
    lua_pop(s->L, 1);
    if (s->call->value == LUA_NOREF || !is_value(name))
        return false;
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->call->value);
    return true;
}

/* The value on top through the call's codec; what comes out takes its place. */
static void encode(const struct lua_scope *s)
{
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->call->encode);
    lua_insert(s->L, -2);
    lua_call(s->L, 1, 1);
    if (lua_type(s->L, -1) != LUA_TSTRING && !lua_islightuserdata(s->L, -1))
        luaL_error(s->L, "encode gives a text, not a %s", luaL_typename(s->L, -1));
}

static enum variable_kind variable(struct template_scope *scope, const char *name, struct buf *out,
                                   struct err *e)
{
    struct lua_scope *s = (struct lua_scope *)scope;
    struct template_part part = {.text = str_from(name), .escape = ESCAPE_NONE};
    enum variable_kind kind = VARIABLE_NULL;
    if (!push_variable(s, name))
        return VARIABLE_ABSENT;
    if (is_value(name) && s->call->encode != LUA_NOREF)
        encode(s);
    if (is_value(name) && s->call->json)
        part.escape = ESCAPE_JSON;
    if (!lua_islightuserdata(s->L, -1))
        kind = write_value(s, &part, out, e) ? VARIABLE_THERE : VARIABLE_WRONG;
    lua_pop(s->L, 1);
    return kind;
}

static bool has(struct template_scope *scope, const char *name)
{
    struct lua_scope *s = (struct lua_scope *)scope;
    bool there = push_variable(s, name);
    lua_pop(s->L, there);
    return there;
}

/* Who takes headers, one by one. */
struct header_taker {
    void (*each)(void *to, str name, str value);
    void *to;
    bool good; /* so far */
};

/* The value on top is a text, a number or null. */
static void take_header(lua_State *L, str name, void *to)
{
    struct header_taker *t = to;
    bool null = lua_islightuserdata(L, -1);
    t->good = t->good && (null || lua_isstring(L, -1));
    if (!t->good)
        return;
    lua_tostring(L, -1); /* a number becomes a text, in this place only */
    t->each(t->to, name, null ? (str){NULL, 0} : lua_view(L, -1));
}

static bool has_names(lua_State *L, int table)
{
    bool good = true;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        good = good && lua_type(L, -2) == LUA_TSTRING;
    return good;
}

/* By name: Lua's own order is another one in each run. */
static bool headers(struct template_scope *scope, void (*each)(void *to, str name, str value),
                    void *to, struct err *e)
{
    lua_State *L = ((struct lua_scope *)scope)->L;
    struct header_taker t = {each, to, true};
    int top = lua_gettop(L);
    if (!push_variable((struct lua_scope *)scope, "headers"))
        return true;
    t.good = lua_istable(L, -1) && has_names(L, top + 1);
    if (t.good)
        table_each_sorted(L, top + 1, take_header, &t);
    lua_settop(L, top);
    return t.good || err_set(e, ERR_USAGE, "headers are a table of texts by name");
}

struct lua_scope lua_scope_make(lua_State *L, struct vu *vu, const struct lua_call *call, int vars)
{
    return (struct lua_scope){
        .scope = {.value = value, .variable = variable, .has = has, .headers = headers},
        .script = script_of(L),
        .vu = vu,
        .L = L,
        .call = call,
        .vars = lua_istable(L, vars) ? vars : 0};
}
