/* The bytes of a call: what came, and what was sent. */
#include "proto/http_parse.h"
#include "proto/kafka_producer.h"
#include "proto/kafka_reply.h"
#include "scenario/lua_json.h"
#include "scenario/lua_outcome.h"

/* Its room, which still holds the bytes; else an error. */
static const struct call_room *room_of(lua_State *L, const struct lua_outcome *o)
{
    const struct script *s = script_of(L);
    const struct vu *vu = s->now;
    bool checked = s->checking && s->checking->number == o->number;
    if (!checked && (!vu || vu->id != o->user || vu->readable != o->readable))
        luaL_error(L,
                   "the bytes of '%s' are gone: its user made another call; keep them with "
                   "local b = r.body",
                   o->of->name.p);
    return o->room;
}

/* Are there bytes of a reply? */
static bool replied(const struct lua_outcome *o)
{
    return o->of->kind->replies != REPLY_NONE &&
           (o->fate == FATE_OK || o->fate == FATE_FAILED_CHECK);
}

static str body_of(lua_State *L, const struct lua_outcome *o)
{
    const struct reply *r = &room_of(L, o)->reply;
    if (o->length > r->most)
        luaL_error(L, "the body of '%s' is longer than the %d MiB that scripts can read",
                   o->of->name.p, (int)(r->most >> 20));
    return str_skip(buf_view(&r->bytes), r->head_n);
}

/* Nil: none; p is NULL: null. */
static int push_text(lua_State *L, str text)
{
    if (text.p)
        lua_pushlstring(L, text.p, text.n);
    else
        lua_pushlightuserdata(L, NULL);
    return 1;
}

int outcome_push_body(lua_State *L, struct lua_outcome *o)
{
    if (!replied(o))
        lua_pushnil(L);
    else if (o->null)
        lua_pushlightuserdata(L, NULL);
    else {
        str body = body_of(L, o);
        lua_pushlstring(L, body.p ? body.p : "", body.n);
    }
    return 1;
}

/* Through the codec of the script's own, once. The object is at 1. */
int outcome_push_value(lua_State *L, struct lua_outcome *o)
{
    if (!replied(o) || o->null || o->decode == LUA_NOREF)
        return outcome_push_body(L, o);
    if (!o->decoded) {
        lua_createtable(L, 1, 0);
        lua_rawgeti(L, LUA_REGISTRYINDEX, o->decode);
        outcome_push_body(L, o);
        lua_call(L, 1, 1);
        lua_rawseti(L, -2, 1);
        lua_setfenv(L, 1);
        o->decoded = true;
    }
    lua_getfenv(L, 1);
    lua_rawgeti(L, -1, 1);
    return 1;
}

/* ---- headers ---- */

static void push_lower(lua_State *L, str name)
{
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        luaL_addchar(&b, (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c));
    }
    luaL_pushresult(&b);
}

/* __index of a table of headers: any case. */
static int find_header(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    push_lower(L, lua_view(L, 2));
    lua_rawget(L, 1);
    return 1;
}

/* A table by lower-case name; of equal names the first. `head` begins with its status line, or its
 * request line. */
static int push_head(lua_State *L, str head)
{
    str fields = head, line;
    struct http_header header;
    lua_newtable(L);
    str_next(&fields, '\n', &line);
    while (http_header_next(&fields, &header) && str_trim(header.name).n) { /* the last is blank */
        push_lower(L, header.name);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        bool is_new = lua_isnil(L, -1);
        lua_pop(L, 1);
        lua_pushlstring(L, header.value.p, header.value.n);
        if (is_new)
            lua_rawset(L, -3);
        else
            lua_pop(L, 2);
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, find_header);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    return 1;
}

/* As Kafka keeps them: of equal names the last, as correlation and checks see them; one without a
 * value is weir.null. */
static int push_record_head(lua_State *L, str head)
{
    str name, value;
    lua_newtable(L);
    for (size_t i = 0; kafka_reply_header(head, i, &name, &value); i++) {
        lua_pushlstring(L, name.p, name.n);
        push_text(L, value);
        lua_rawset(L, -3);
    }
    return 1;
}

static str head_of(lua_State *L, const struct lua_outcome *o)
{
    const struct reply *r = &room_of(L, o)->reply;
    return (str){r->bytes.p, r->head_n};
}

int outcome_push_key(lua_State *L, struct lua_outcome *o)
{
    str key;
    if (!replied(o) || o->of->kind->replies != REPLY_RECORD) {
        lua_pushnil(L);
        return 1;
    }
    kafka_reply_key(head_of(L, o), &key);
    return push_text(L, key);
}

int outcome_push_headers(lua_State *L, struct lua_outcome *o)
{
    if (!replied(o)) {
        lua_pushnil(L);
        return 1;
    }
    bool record = o->of->kind->replies == REPLY_RECORD;
    return record ? push_record_head(L, head_of(L, o)) : push_head(L, head_of(L, o));
}

/* ---- the request ---- */

static void set_text(lua_State *L, const char *field, str text)
{
    if (!text.p)
        return;
    lua_pushlstring(L, text.p, text.n);
    lua_setfield(L, -2, field);
}

static void push_record_headers(lua_State *L, const struct sent_view *sent)
{
    lua_createtable(L, 0, (int)sent->n_headers);
    for (unsigned i = 0; i < sent->n_headers; i++) {
        const struct kafka_header *h = &sent->headers[i];
        lua_pushlstring(L, h->name.p, h->name.n);
        push_text(L, h->value);
        lua_rawset(L, -3);
    }
}

int outcome_push_request(lua_State *L, struct lua_outcome *o)
{
    struct sent_view sent = {.partition = -1};
    room_of(L, o);
    o->of->kind->view(o->of, o->request, &sent);
    lua_createtable(L, 0, 4);
    if (sent.head.n)
        push_head(L, sent.head);
    else
        push_record_headers(L, &sent);
    lua_setfield(L, -2, "headers");
    set_text(L, "body", sent.body);
    set_text(L, "key", sent.key);
    if (sent.partition >= 0) {
        lua_pushinteger(L, sent.partition);
        lua_setfield(L, -2, "partition");
    }
    return 1;
}

int outcome_push_json(lua_State *L, struct lua_outcome *o, str pointer)
{
    if (replied(o) && !o->null)
        return lua_json_at(L, body_of(L, o), pointer);
    lua_pushnil(L);
    return 1;
}
