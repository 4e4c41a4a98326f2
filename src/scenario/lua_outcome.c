/* What came of a call, as scripts see it: figures by value, bytes as long as the user makes no
 * other call. */
#include <string.h>

#include "proto/http_parse.h"
#include "proto/kafka_producer.h"
#include "scenario/host.h"
#include "scenario/lua_call.h"
#include "scenario/lua_json.h"

struct lua_outcome {
    uint64_t user, call; /* whose, and which of its calls */
    const struct call_definition *of;
    enum fate fate;
    const char *why;
    unsigned status;
    int32_t partition;
    int64_t offset;
    uint64_t length;
    int64_t due_ns; /* from t = 0 of the plan; in the warm-up below 0 */
    uint64_t response_ns, service_ns;
};

void lua_outcome_push(lua_State *L, struct vu *vu)
{
    const struct call *c = vu->last;
    struct lua_outcome *o = lua_api_new(L, &lua_outcome_class, sizeof *o);
    *o = (struct lua_outcome){
        .user = vu->id,
        .call = vu->calls,
        .of = vu->calling->definition,
        .fate = c->outcome.fate,
        .why = c->outcome.cause,
        .status = c->outcome.status,
        .partition = c->outcome.partition,
        .offset = c->outcome.offset,
        .length = c->outcome.length,
        .due_ns = (int64_t)(c->due_ns - script_of(L)->host->start_ns),
        .response_ns = c->done_ns - c->due_ns,
        .service_ns = c->sent_ns ? c->done_ns - c->sent_ns : 0,
    };
}

/* ---- bytes ---- */

/* The user's room, which still holds the bytes; else an error. */
static const struct call_room *room_of(lua_State *L, const struct lua_outcome *o)
{
    const struct vu *vu = script_of(L)->now;
    if (!vu || vu->id != o->user || vu->calls != o->call || !vu->room)
        luaL_error(L,
                   "the bytes of '%s' are gone: its user made another call; keep them with "
                   "local b = r.body",
                   o->of->name.p);
    return vu->room;
}

/* Are there bytes of a reply? */
static bool replied(const struct lua_outcome *o)
{
    return o->of->kind->replies && (o->fate == FATE_OK || o->fate == FATE_FAILED_CHECK);
}

static str body_of(lua_State *L, const struct lua_outcome *o)
{
    const struct reply *r = &room_of(L, o)->reply;
    if (o->length > r->most)
        luaL_error(L, "the body of '%s' is longer than the %d MiB that scripts can read",
                   o->of->name.p, (int)(r->most >> 20));
    return str_skip(buf_view(&r->bytes), r->head_n);
}

static int push_body(lua_State *L, const struct lua_outcome *o)
{
    str body = replied(o) ? body_of(L, o) : (str){NULL, 0};
    if (replied(o))
        lua_pushlstring(L, body.p ? body.p : "", body.n);
    else
        lua_pushnil(L);
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

static int push_headers(lua_State *L, const struct lua_outcome *o)
{
    const struct reply *r = &room_of(L, o)->reply;
    return push_head(L, (str){r->bytes.p, r->head_n});
}

/* ---- the request ---- */

static void set_text(lua_State *L, const char *field, str text)
{
    if (!text.p)
        return;
    lua_pushlstring(L, text.p, text.n);
    lua_setfield(L, -2, field);
}

/* Kafka's, of equal names the first; one without a value is weir.null. */
static void push_record_headers(lua_State *L, const struct sent_view *sent)
{
    lua_createtable(L, 0, (int)sent->n_headers);
    for (unsigned i = sent->n_headers; i-- > 0;) {
        const struct kafka_header *h = &sent->headers[i];
        lua_pushlstring(L, h->name.p, h->name.n);
        if (h->value.p)
            lua_pushlstring(L, h->value.p, h->value.n);
        else
            lua_pushlightuserdata(L, NULL);
        lua_rawset(L, -3);
    }
}

static int push_request(lua_State *L, const struct lua_outcome *o)
{
    struct sent_view sent = {.partition = -1};
    room_of(L, o);
    o->of->kind->view(o->of, script_of(L)->now->request, &sent);
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

/* ---- fields ---- */

static int push_seconds(lua_State *L, uint64_t ns)
{
    lua_pushnumber(L, (double)ns / 1e9);
    return 1;
}

static int push_number_if(lua_State *L, bool there, double v)
{
    if (there)
        lua_pushnumber(L, v);
    else
        lua_pushnil(L);
    return 1;
}

static int get_ok(lua_State *L, const struct lua_outcome *o)
{
    lua_pushboolean(L, o->fate == FATE_OK);
    return 1;
}

static int get_fate(lua_State *L, const struct lua_outcome *o)
{
    lua_pushstring(L, fate_name(o->fate));
    return 1;
}

static int get_why(lua_State *L, const struct lua_outcome *o)
{
    lua_pushstring(L, o->why ? o->why : "");
    return 1;
}

static int get_status(lua_State *L, const struct lua_outcome *o)
{
    return push_number_if(L, o->status > 0, o->status);
}

static int get_headers(lua_State *L, const struct lua_outcome *o)
{
    if (replied(o))
        return push_headers(L, o);
    lua_pushnil(L);
    return 1;
}

static int get_partition(lua_State *L, const struct lua_outcome *o)
{
    return push_number_if(L, o->partition >= 0, o->partition);
}

static int get_offset(lua_State *L, const struct lua_outcome *o)
{
    return push_number_if(L, o->offset >= 0, (double)o->offset);
}

/* Of a record that came; a request's own are in `request`. */
static int get_nothing(lua_State *L, const struct lua_outcome *o)
{
    (void)o;
    lua_pushnil(L);
    return 1;
}

static int get_response_time(lua_State *L, const struct lua_outcome *o)
{
    return push_seconds(L, o->response_ns);
}

static int get_service_time(lua_State *L, const struct lua_outcome *o)
{
    return push_seconds(L, o->service_ns);
}

static int get_due(lua_State *L, const struct lua_outcome *o)
{
    lua_pushnumber(L, (double)o->due_ns / 1e9);
    return 1;
}

static const struct {
    const char *name;
    int (*get)(lua_State *L, const struct lua_outcome *o);
} fields[] = {
    {"ok", get_ok},
    {"status", get_status},
    {"body", push_body},
    {"value", push_body},
    {"why", get_why},
    {"fate", get_fate},
    {"headers", get_headers},
    {"response_time", get_response_time},
    {"service_time", get_service_time},
    {"due", get_due},
    {"partition", get_partition},
    {"offset", get_offset},
    {"key", get_nothing},
    {"timestamp", get_nothing},
    {"request", push_request},
};

/* __index; methods are upvalue 1. */
static int get_field(lua_State *L)
{
    const struct lua_outcome *o = lua_touserdata(L, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1))
        return 1;
    const char *name = lua_tostring(L, 2);
    for (size_t i = 0; name && i < sizeof fields / sizeof *fields; i++)
        if (strcmp(name, fields[i].name) == 0)
            return fields[i].get(L, o);
    return lua_api_unknown(L, &lua_outcome_class, name ? name : "?");
}

static int json(lua_State *L)
{
    const struct lua_outcome *o = lua_api_check(L, 1, &lua_outcome_class);
    luaL_checkstring(L, 2);
    if (!replied(o))
        return 0;
    return lua_json_at(L, body_of(L, o), lua_view(L, 2));
}

/* ---- checks ---- */

void lua_call_checked(struct vu *vu, struct script *s, const struct name *check, const char *why,
                      bool passed)
{
    const struct prepared_call *call = vu->prepared;
    struct outcome *o = &vu->last->outcome;
    if (o->fate != FATE_OK && o->fate != FATE_FAILED_CHECK)
        return; /* checks on what did not come do not count */
    s->host->table->check(s->host, (struct numbered_series){call->series, call->series_number},
                          check->text, passed, vu->last->due_ns);
    if (passed || o->fate != FATE_OK)
        return;
    o->fate = FATE_FAILED_CHECK;
    o->cause = why;
}

void lua_outcome_checked(lua_State *L, int index, int name, bool passed)
{
    struct script *s = script_of(L);
    struct vu *vu = script_user(L, "weir.check");
    struct lua_outcome *o = lua_api_test(L, index, &lua_outcome_class);
    if (!o)
        luaL_error(L, "weir.check(r, …): r is the outcome of a call, not a %s",
                   lua_api_kind(L, index));
    if (!vu->last || vu->id != o->user || vu->calls != o->call)
        luaL_error(L,
                   "check '%s' comes too late: the fate of '%s' was settled when its user went on",
                   lua_tostring(L, name), o->of->name.p);
    const struct name *kept = script_name(L, name);
    if (kept->text.n == 0)
        luaL_error(L, "weir.check: the name of a check is empty");
    lua_call_checked(vu, s, kept, kept->text.p, passed);
    o->fate = vu->last->outcome.fate;
    o->why = vu->last->outcome.cause;
}

static const struct lua_api_entry entries[] = {
    {"ok", NULL, "boolean", "the call has the fate ok"},
    {"fate", NULL, "string", "ok, failed_check, error, timeout or abandoned"},
    {"why", NULL, "string", "why it is not ok, in words; else empty"},
    {"status", NULL, "integer?", "HTTP's status"},
    {"body", NULL, "string?", "the reply's; nil when none came"},
    {"value", NULL, "string?", "the same"},
    {"headers", NULL, "table<string, string>?", "the reply's, by name in any case"},
    {"partition", NULL, "integer?", "Kafka: where the record was stored"},
    {"offset", NULL, "integer?", "Kafka: as which record of the partition"},
    {"key", NULL, "string?", "Kafka: of a record that came"},
    {"timestamp", NULL, "integer?", "Kafka: of a record that came"},
    {"response_time", NULL, "number", "seconds since it was due"},
    {"service_time", NULL, "number", "seconds since it was sent"},
    {"due", NULL, "number", "when it was due: seconds from the start of the plan, as in the log"},
    {"request", NULL, "table", "what was sent: body, headers, key, partition"},
    {"json", json, "(pointer: string): any",
     "the value at \"/a/b/0\" or \"$.a.b[0]\" of a JSON body; nil when there is none"},
    {.name = NULL},
};

const struct lua_api_class lua_outcome_class = {
    .name = "weir.Outcome",
    .help = "what came of a call; its bytes can be read until its user's next call",
    .entries = entries,
    .index = get_field,
};
