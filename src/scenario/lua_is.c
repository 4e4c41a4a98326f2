/* weir.is: each of its functions gives a table {kind, …} that says what is wanted. */
#include "scenario/lua_api.h"
#include "scenario/lua_check.h"
#include "scenario/script_texts.h"

/* Pushes a table of this kind with the function's arguments behind it. */
static int describe(lua_State *L, enum check_kind kind, int least, int most)
{
    int n = lua_gettop(L);
    if (n < least || n > most)
        return luaL_error(L, "this check takes %d%s value%s, not %d", most,
                          least == most ? "" : " or less", most == 1 ? "" : "s", n);
    lua_createtable(L, n + 1, 0);
    lua_pushinteger(L, kind);
    lua_rawseti(L, -2, 1);
    for (int i = 1; i <= n; i++) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i + 1);
    }
    luaL_getmetatable(L, "weir.Check");
    lua_setmetatable(L, -2);
    return 1;
}

static int is_status(lua_State *L)
{
    return describe(L, CHECK_STATUS, 1, 1);
}

static int is_json(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_JSON, 2, 3);
}

static int is_header(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_HEADER, 2, 3);
}

static int is_size(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TNUMBER);
    return describe(L, CHECK_SIZE, 2, 2);
}

static int is_contains(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_CONTAINS, 1, 1);
}

static int is_equals(lua_State *L)
{
    if (!lua_islightuserdata(L, 1))
        luaL_checkstring(L, 1);
    return describe(L, CHECK_EQUALS, 1, 1);
}

static int is_matches(lua_State *L)
{
    luaL_checkstring(L, 1);
    script_expression(L, lua_view(L, 1)); /* is it one? */
    return describe(L, CHECK_MATCHES, 1, 1);
}

static int is_not_empty(lua_State *L)
{
    return describe(L, CHECK_NOT_EMPTY, 0, 0);
}

static int is_echo(lua_State *L)
{
    return describe(L, CHECK_ECHO, 0, 0);
}

static int is_contains_request(lua_State *L)
{
    return describe(L, CHECK_CONTAINS_REQUEST, 0, 0);
}

static int is_key(lua_State *L)
{
    return describe(L, CHECK_KEY, 1, 2);
}

static int is_when(lua_State *L)
{
    return describe(L, CHECK_WHEN, 2, 2);
}

static int is_json_same(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    return describe(L, CHECK_JSON_SAME, 2, 2);
}

const struct lua_api_entry lua_is_api[] = {
    {"status", is_status, "(status: integer|integer[]): weir.Check",
     "the status is this, or one of these"},
    {"json", is_json, "(pointer: string, operator: string, value?: any): weir.Check",
     "the value at \"/a/b/0\" of a JSON body: == ~= < <= > >= in exists count"},
    {"header", is_header, "(name: string, operator: string, value?: any): weir.Check",
     "the reply's header of this name"},
    {"key", is_key, "(operator: string, value?: any): weir.Check",
     "Kafka: the key of the record that came; one that is null does not exist"},
    {"size", is_size, "(operator: string, bytes: integer): weir.Check", "bytes of the body"},
    {"contains", is_contains, "(text: string): weir.Check", "the body contains the text"},
    {"equals", is_equals, "(text: string|lightuserdata): weir.Check",
     "the body is the text; Kafka: with weir.null, the record has no value"},
    {"matches", is_matches, "(expression: string): weir.Check",
     "a regular expression (POSIX extended) finds something in the body"},
    {"not_empty", is_not_empty, "(): weir.Check", "there is a body"},
    {"echo", is_echo, "(): weir.Check", "the body is that of the request"},
    {"contains_request", is_contains_request, "(): weir.Check",
     "the body contains that of the request"},
    {"json_same", is_json_same, "(reply: string, request: string): weir.Check",
     "the value at a pointer into the body is that at another into the request's"},
    {"when", is_when,
     "(condition: weir.Check|fun(request: table, reply: weir.Outcome): boolean, check: "
     "weir.Check|fun(request: table, reply: weir.Outcome): string?): weir.Check",
     "the check is made only when the condition holds: a check, or a function that says so"},
    {.name = NULL},
};
