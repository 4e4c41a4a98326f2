/* Writing by walking a table, reading by walking a text. */
#include "scenario/lua_json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json_out.h"
#include "codec/json_pointer.h"
#include "codec/json_read.h"
#include "scenario/lua_table.h"
#include "scenario/script.h"

enum { DEEPEST = 100 };

/* ---- writing ---- */

struct writer {
    struct buf *out;
    struct err *e;
    bool template;
    unsigned depth;
    bool wrong;
    bool first; /* of an object's members */
};

static bool add(lua_State *L, int index, struct writer *w);

bool lua_json_number(double v, struct buf *out, struct err *e)
{
    if (!isfinite(v))
        return err_set(e, ERR_USAGE, "%s is no number that can be written",
                       isnan(v) ? "nan"
                       : v > 0  ? "inf"
                                : "-inf");
    if (v > -0x1p53 && v < 0x1p53 && v == floor(v))
        buf_printf(out, "%" PRId64, (int64_t)v);
    else
        decimal_add(out, v);
    return true;
}

/* "${json:items}" */
static bool is_value(str placeholder)
{
    return placeholder.n && str_starts(str_trim(str_skip(placeholder, 2)), STR("json:"));
}

/* The whole text is a value's placeholder. */
static bool is_whole_value(str text)
{
    struct template_piece piece;
    struct err ignored;
    return template_next(&text, &piece, &ignored) && piece.literal.n == 0 && text.n == 0 &&
           is_value(piece.placeholder);
}

/* Literals escaped, placeholders as they are: those write themselves as part of a JSON string. */
static bool add_pieces(str text, struct writer *w)
{
    struct template_piece piece;
    *w->e = (struct err){0};
    while (template_next(&text, &piece, w->e)) {
        if (is_value(piece.placeholder))
            return err_set(w->e, ERR_USAGE,
                           "'" STR_FMT "' writes a whole JSON value, so it is the whole text: "
                           "\"" STR_FMT "\"",
                           STR_ARG(piece.placeholder), STR_ARG(piece.placeholder));
        json_out_escape(w->out, piece.literal);
        buf_str(w->out, piece.placeholder);
    }
    return w->e->kind == ERR_NONE;
}

static bool add_text(str text, struct writer *w)
{
    if (w->template && is_whole_value(text)) {
        buf_str(w->out, text);
        return true;
    }
    buf_char(w->out, '"');
    bool good = true;
    if (w->template)
        good = add_pieces(text, w);
    else
        json_out_escape(w->out, text);
    buf_char(w->out, '"');
    return good;
}

static bool add_array(lua_State *L, int index, size_t n, struct writer *w)
{
    bool good = true;
    buf_char(w->out, '[');
    for (size_t i = 1; i <= n && good; i++) {
        if (i > 1)
            buf_char(w->out, ',');
        lua_rawgeti(L, index, (int)i);
        good = add(L, lua_gettop(L), w);
        lua_pop(L, 1);
    }
    buf_char(w->out, ']');
    return good;
}

static void add_member(lua_State *L, str key, void *to)
{
    struct writer *w = to;
    if (w->wrong)
        return;
    if (!w->first)
        buf_char(w->out, ',');
    json_out_quote(w->out, key);
    buf_char(w->out, ':');
    w->wrong = !add(L, lua_gettop(L), w);
    w->first = false;
}

static bool add_object(lua_State *L, int index, struct writer *w)
{
    buf_char(w->out, '{');
    w->first = true;
    w->wrong = false;
    table_each_sorted(L, index, add_member, w);
    w->first = false;
    buf_char(w->out, '}');
    return !w->wrong;
}

/* Of a list its length, of words as keys 0; false: it is neither. */
static bool list_length(lua_State *L, int index, size_t *n)
{
    size_t members = 0, words = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        members++;
        words += lua_type(L, -2) == LUA_TSTRING;
    }
    *n = members - words;
    return words == members || (words == 0 && members == lua_objlen(L, index));
}

static bool add_table(lua_State *L, int index, struct writer *w)
{
    size_t n;
    if (w->depth == DEEPEST || !lua_checkstack(L, 8))
        return err_set(w->e, ERR_USAGE, "a table within itself, or too deep for JSON");
    if (!list_length(L, index, &n))
        return err_set(w->e, ERR_USAGE,
                       "a table is a list, 1 to n, or has words as keys: JSON has nothing that is "
                       "both");
    w->depth++;
    bool good = n ? add_array(L, index, n, w) : add_object(L, index, w);
    w->depth--;
    return good;
}

static bool add(lua_State *L, int index, struct writer *w)
{
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TLIGHTUSERDATA:
        buf_str(w->out, STR("null"));
        return true;
    case LUA_TBOOLEAN:
        buf_str(w->out, lua_toboolean(L, index) ? STR("true") : STR("false"));
        return true;
    case LUA_TNUMBER:
        return lua_json_number(lua_tonumber(L, index), w->out, w->e);
    case LUA_TSTRING:
        return add_text(lua_view(L, index), w);
    case LUA_TTABLE:
        return add_table(L, index, w);
    default:
        return err_set(w->e, ERR_USAGE, "a %s is nothing that JSON has", luaL_typename(L, index));
    }
}

static int absolute(lua_State *L, int index)
{
    return index < 0 ? lua_gettop(L) + 1 + index : index;
}

bool lua_json_add(lua_State *L, int index, struct buf *out, struct err *e)
{
    return add(L, absolute(L, index), &(struct writer){.out = out, .e = e});
}

bool lua_json_template(lua_State *L, int index, struct buf *out, struct err *e)
{
    return add(L, absolute(L, index), &(struct writer){.out = out, .e = e, .template = true});
}

/* ---- reading ---- */

static void push_string(lua_State *L, str raw)
{
    struct buf room = {0};
    str text = json_text(raw, &room);
    lua_pushlstring(L, text.p, text.n);
    buf_free(&room);
}

static void push_scalar(lua_State *L, enum json_kind kind, str raw)
{
    switch (kind) {
    case JSON_IS_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    case JSON_IS_FALSE:
    case JSON_IS_TRUE:
        lua_pushboolean(L, kind == JSON_IS_TRUE);
        break;
    case JSON_IS_NUMBER:
        lua_pushnumber(L, json_number(raw));
        break;
    case JSON_IS_STRING:
        push_string(L, raw);
        break;
    default:
        lua_pushnil(L);
    }
}

/* The value on top goes into the table below it: under its key, or as the next element. */
static void put(lua_State *L, const struct json_item *item)
{
    if (item->key.p) {
        push_string(L, item->key);
        lua_insert(L, -2);
        lua_rawset(L, -3);
    } else {
        lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
    }
}

/* Pushes what a whole container holds. Its opening bracket is behind the walk. */
static void push_members(lua_State *L, struct json_walk *w)
{
    struct json_item item;
    lua_newtable(L);
    while (json_walk_next(w, &item) && !item.closes) {
        if (json_opens(&item))
            push_members(L, w);
        else
            push_scalar(L, item.kind, item.raw);
        put(L, &item);
    }
}

static void push_container(lua_State *L, str raw)
{
    struct json_walk w;
    struct json_item item;
    luaL_checkstack(L, JSON_DEEPEST + 8, "JSON too deep"); /* a slot for each level */
    json_walk_start(&w, raw);
    json_walk_next(&w, &item);
    push_members(L, &w);
}

/* The compiled pointer, made when it is first asked for. */
static const struct json_pointer *compiled(lua_State *L, str pointer)
{
    struct script *s = script_of(L);
    struct err e;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->pointers);
    lua_pushlstring(L, pointer.p, pointer.n);
    lua_rawget(L, -2);
    const struct json_pointer *known = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (!known) {
        struct json_pointer *made = arena_alloc(&s->arena, sizeof *made);
        if (!json_pointer_parse(pointer, &s->arena, made, &e))
            lua_state_fail(L, &e);
        lua_pushlstring(L, pointer.p, pointer.n);
        lua_pushlightuserdata(L, made);
        lua_rawset(L, -3);
        known = made;
    }
    lua_pop(L, 1);
    return known;
}

int lua_json_at(lua_State *L, str text, str pointer)
{
    struct json_value v;
    json_find(text, compiled(L, pointer), &v);
    if (v.kind == JSON_IS_BROKEN)
        return luaL_error(L, "not JSON at byte %d: %s", (int)v.offset + 1, v.why);
    if (v.kind == JSON_IS_ARRAY || v.kind == JSON_IS_OBJECT)
        push_container(L, v.raw);
    else
        push_scalar(L, v.kind, v.raw);
    return 1;
}
