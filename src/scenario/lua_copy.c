/* One letter a kind, then the value: z nil, t and f, n and 8 bytes, s and m with a length, e the
 * end of a table, whose members are key and value in turn. */
#include "scenario/lua_copy.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { DEEPEST = 100 };

struct copier {
    lua_State *L;
    enum lua_copy_functions functions;
    struct buf *out;
    struct err *e;
    unsigned depth;
};

static bool copy_value(struct copier *c, int index);

static void add_raw(struct buf *out, char kind, const void *bytes, size_t n)
{
    buf_char(out, kind);
    buf_add(out, bytes, n);
}

static void add_string(struct copier *c, int index)
{
    size_t n;
    const char *p = lua_tolstring(c->L, index, &n);
    add_raw(c->out, 's', &n, sizeof n);
    buf_add(c->out, p, n);
}

/* A member of a table: where it lies in the table's own bytes. */
struct member {
    const char *p;
    size_t n;
};

static int in_order(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* Each member into `bytes`, its length into `lengths`. */
static bool copy_members(struct copier *c, int table, struct buf *bytes, struct buf *lengths)
{
    struct copier inner = *c;
    inner.out = bytes;
    inner.depth++;
    for (lua_pushnil(c->L); lua_next(c->L, table); lua_pop(c->L, 1)) {
        size_t before = bytes->n;
        int value = lua_gettop(c->L);
        if (!copy_value(&inner, value - 1) || !copy_value(&inner, value)) {
            lua_pop(c->L, 2);
            return false;
        }
        size_t n = bytes->n - before;
        buf_add(lengths, &n, sizeof n);
    }
    return true;
}

static void add_sorted(struct buf *out, const struct buf *bytes, const struct buf *lengths)
{
    size_t n = lengths->n / sizeof(size_t);
    struct member *members = mem_array(n, sizeof *members);
    const char *at = bytes->p;
    for (size_t i = 0; i < n; i++) {
        memcpy(&members[i].n, lengths->p + i * sizeof(size_t), sizeof(size_t));
        members[i].p = at;
        at += members[i].n;
    }
    if (n)
        qsort(members, n, sizeof *members, in_order);
    for (size_t i = 0; i < n; i++)
        buf_add(out, members[i].p, members[i].n);
    mem_free(members);
}

static bool copy_table(struct copier *c, int index)
{
    struct buf bytes = {0}, lengths = {0};
    if (c->depth == DEEPEST || !lua_checkstack(c->L, 4))
        return err_set(c->e, ERR_USAGE, "a table within itself, or one that is too deep");
    bool good = copy_members(c, index, &bytes, &lengths);
    if (good) {
        buf_char(c->out, 'm');
        add_sorted(c->out, &bytes, &lengths);
        buf_char(c->out, 'e');
    }
    buf_free(&bytes);
    buf_free(&lengths);
    return good;
}

static bool copy_function(struct copier *c, int index)
{
    if (c->functions == COPY_NO_FUNCTIONS)
        return err_set(c->e, ERR_USAGE, "a %s cannot be given on, only plain values can",
                       luaL_typename(c->L, index));
    buf_char(c->out, 'p');
    return true;
}

static bool copy_value(struct copier *c, int index)
{
    double number;
    switch (lua_type(c->L, index)) {
    case LUA_TNIL:
        buf_char(c->out, 'z');
        return true;
    case LUA_TBOOLEAN:
        buf_char(c->out, lua_toboolean(c->L, index) ? 't' : 'f');
        return true;
    case LUA_TNUMBER:
        number = lua_tonumber(c->L, index);
        add_raw(c->out, 'n', &number, sizeof number);
        return true;
    case LUA_TSTRING:
        add_string(c, index);
        return true;
    case LUA_TTABLE:
        return copy_table(c, index);
    case LUA_TLIGHTUSERDATA: /* weir.null */
        buf_char(c->out, '0');
        return true;
    default:
        return copy_function(c, index);
    }
}

bool lua_copy_out(lua_State *L, int index, enum lua_copy_functions functions, struct buf *out,
                  struct err *e)
{
    struct copier c = {L, functions, out, e, 0};
    int absolute = index < 0 ? lua_gettop(L) + 1 + index : index;
    return copy_value(&c, absolute);
}

static str take(str *rest, size_t n)
{
    str piece = {rest->p, n};
    *rest = str_skip(*rest, n);
    return piece;
}

static void push_number(lua_State *L, str *rest)
{
    double number;
    memcpy(&number, take(rest, sizeof number).p, sizeof number);
    lua_pushnumber(L, number);
}

static void push_string(lua_State *L, str *rest)
{
    size_t n;
    memcpy(&n, take(rest, sizeof n).p, sizeof n);
    str s = take(rest, n);
    lua_pushlstring(L, s.p, s.n);
}

static void push_value(lua_State *L, str *rest)
{
    switch (take(rest, 1).p[0]) {
    case 't':
        lua_pushboolean(L, 1);
        break;
    case 'f':
        lua_pushboolean(L, 0);
        break;
    case 'n':
        push_number(L, rest);
        break;
    case 's':
        push_string(L, rest);
        break;
    case '0':
        lua_pushlightuserdata(L, NULL);
        break;
    case 'm':
        luaL_checkstack(L, 3, "tables too deep");
        lua_newtable(L);
        while (rest->p[0] != 'e') {
            push_value(L, rest);
            push_value(L, rest);
            lua_rawset(L, -3);
        }
        take(rest, 1);
        break;
    default:
        lua_pushnil(L);
    }
}

void lua_copy_in(lua_State *L, str bytes)
{
    if (bytes.n)
        push_value(L, &bytes);
    else
        lua_pushnil(L);
}
