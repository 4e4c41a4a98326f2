/* An outcome's fields, and checks that are made on it. */
#include "scenario/lua_outcome.h"

#include <string.h>

#include "scenario/host.h"
#include "scenario/lua_start.h"
#include "scenario/script_texts.h"

/* Its own, or its protocol's for its fate. */
static unsigned status_of(const struct call_definition *d, const struct outcome *o)
{
    const uint16_t *codes = d->client->spec.protocol->codes;
    return o->status || !codes ? o->status : codes[o->fate];
}

void lua_outcome_push(lua_State *L, const struct made_call *made, const struct vu *reader)
{
    const struct call *c = made->call;
    const struct outcome *came = c->outcome;
    const struct call_definition *d = made->calling->definition;
    struct lua_outcome *o = lua_api_new(L, &lua_outcome_class, sizeof *o);
    *o = (struct lua_outcome){
        .user = reader ? reader->id : 0,
        .readable = reader ? reader->readable : 0,
        .number = made->number,
        .room = made->room,
        .request = made->request,
        .of = d,
        .fate = came->fate,
        .why = came->cause,
        .status = status_of(d, came),
        .partition = came->partition,
        .offset = came->offset,
        .length = came->length,
        .timestamp_ms = came->timestamp_ms,
        .null = d->kind->replies == REPLY_RECORD && !came->body.p,
        .decode = made->calling->decode,
        .due_ns = (int64_t)(c->due_ns - script_of(L)->host->start_ns),
        .response_ns = came->done_ns - c->due_ns,
        .service_ns = c->sent_ns && came->done_ns > c->sent_ns ? came->done_ns - c->sent_ns : 0,
    };
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

static int get_ok(lua_State *L, struct lua_outcome *o)
{
    lua_pushboolean(L, o->fate == FATE_OK);
    return 1;
}

static int get_fate(lua_State *L, struct lua_outcome *o)
{
    lua_pushstring(L, fate_name(o->fate));
    return 1;
}

static int get_why(lua_State *L, struct lua_outcome *o)
{
    lua_pushstring(L, o->why ? o->why : "");
    return 1;
}

static int get_status(lua_State *L, struct lua_outcome *o)
{
    return push_number_if(L, o->status > 0, o->status);
}

static int get_partition(lua_State *L, struct lua_outcome *o)
{
    return push_number_if(L, o->partition >= 0, o->partition);
}

static int get_offset(lua_State *L, struct lua_outcome *o)
{
    return push_number_if(L, o->offset >= 0, (double)o->offset);
}

static int get_timestamp(lua_State *L, struct lua_outcome *o)
{
    return push_number_if(L, o->timestamp_ms > 0, (double)o->timestamp_ms);
}

static int get_response_time(lua_State *L, struct lua_outcome *o)
{
    return push_seconds(L, o->response_ns);
}

static int get_service_time(lua_State *L, struct lua_outcome *o)
{
    return push_seconds(L, o->service_ns);
}

static int get_due(lua_State *L, struct lua_outcome *o)
{
    lua_pushnumber(L, (double)o->due_ns / 1e9);
    return 1;
}

static const struct {
    const char *name;
    int (*get)(lua_State *L, struct lua_outcome *o);
} fields[] = {
    {"ok", get_ok},
    {"status", get_status},
    {"body", outcome_push_body},
    {"value", outcome_push_value},
    {"why", get_why},
    {"fate", get_fate},
    {"headers", outcome_push_headers},
    {"response_time", get_response_time},
    {"service_time", get_service_time},
    {"due", get_due},
    {"partition", get_partition},
    {"offset", get_offset},
    {"key", outcome_push_key},
    {"timestamp", get_timestamp},
    {"request", outcome_push_request},
};

/* __index; methods are upvalue 1. */
static int get_field(lua_State *L)
{
    struct lua_outcome *o = lua_touserdata(L, 1);
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
    struct lua_outcome *o = lua_api_check(L, 1, &lua_outcome_class);
    luaL_checkstring(L, 2);
    return outcome_push_json(L, o, lua_view(L, 2));
}

/* ---- checks ---- */

void lua_call_checked(struct script *s, const struct made_call *made, const struct name *check,
                      const char *why, bool passed)
{
    const struct prepared_call *call = made->prepared;
    struct outcome *o = made->call->outcome;
    if (o->fate != FATE_OK && o->fate != FATE_FAILED_CHECK)
        return; /* checks on what did not come do not count */
    s->host->table->check(s->host, (struct numbered_series){call->series, call->series_number},
                          check->text, passed, made->call->due_ns);
    if (passed || o->fate != FATE_OK)
        return;
    o->fate = FATE_FAILED_CHECK;
    o->cause = why;
    s->host->table->failing(s->host, made->call);
}

/* The call, while its fate is not settled; else NULL. */
static const struct made_call *open_call(const struct vu *vu, const struct lua_outcome *o)
{
    const struct made_call *m =
        vu->made.number == o->number ? &vu->made : lua_started_given(vu, o->number);
    return vu->id == o->user && m && m->call ? m : NULL;
}

void lua_outcome_checked(lua_State *L, int index, int name, bool passed)
{
    struct script *s = script_of(L);
    struct vu *vu = script_user(L, "weir.check");
    struct lua_outcome *o = lua_api_test(L, index, &lua_outcome_class);
    if (!o)
        luaL_error(L, "weir.check(r, …): r is the outcome of a call, not a %s",
                   lua_api_kind(L, index));
    const struct made_call *made = open_call(vu, o);
    if (!made)
        luaL_error(L,
                   "check '%s' comes too late: the fate of '%s' was settled when its user went on",
                   lua_tostring(L, name), o->of->name.p);
    const struct name *kept = script_name(L, name);
    if (kept->text.n == 0)
        luaL_error(L, "weir.check: the name of a check is empty");
    lua_call_checked(s, made, kept, kept->text.p, passed);
    o->fate = made->call->outcome->fate;
    o->why = made->call->outcome->cause;
}

static const struct lua_api_entry entries[] = {
    {"ok", NULL, "boolean", "the call has the fate ok"},
    {"fate", NULL, "string", "ok, failed_check, error, timeout or abandoned"},
    {"why", NULL, "string", "why it is not ok, in words; else empty"},
    {"status", NULL, "integer?", "HTTP's status; of a reply over Kafka 200, 500 or 504"},
    {"body", NULL, "string|lightuserdata|nil",
     "the reply's; nil when none came; Kafka: weir.null when the record has no value"},
    {"value", NULL, "any", "the same; with a codec that decodes what this makes of it"},
    {"headers", NULL, "table<string, string|lightuserdata>?",
     "the reply's: HTTP's by name in any case, Kafka's as they are; weir.null: without a value"},
    {"partition", NULL, "integer?", "Kafka: where the record was stored"},
    {"offset", NULL, "integer?", "Kafka: as which record of the partition"},
    {"key", NULL, "string|lightuserdata|nil", "Kafka: of a record that came; may be weir.null"},
    {"timestamp", NULL, "integer?", "Kafka: of a record that came, ms since 1970"},
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
