/* kafka:consume: reading what the script says of records that it awaits, and of the one that a call
 * wants. */
#include "base/clock.h"
#include "scenario/kafka_take_calls.h"
#include "scenario/lua_kafka.h"
#include "scenario/lua_outcome.h"
#include "scenario/lua_record.h"
#include "scenario/lua_table.h"

#define KEEP_USUAL_NS (30 * NS_PER_S)

/* ---- a call ---- */

static const struct lua_api_entry wanted_entries[] = {
    {"id", NULL, "string|number|nil",
     "its correlation id; left out: the next one that nobody took"},
    {"since", NULL, "weir.Outcome?", "the call that caused it: it is due when that was"},
    {.name = NULL},
};

const struct table_keys lua_wanted_keys = {
    .what = "a call of kafka:consume",
    .known = wanted_entries,
    .class = "weir.Wanted",
    .help = "which record is awaited",
};

uint64_t lua_take_due(lua_State *L, int vars)
{
    if (!vars || !lua_istable(L, vars))
        return 0;
    table_check(L, vars, &lua_wanted_keys);
    if (!table_push(L, vars, "since"))
        return 0;
    const struct lua_outcome *o = lua_api_test(L, -1, &lua_outcome_class);
    if (!o)
        luaL_error(L, "'since' is the outcome of a call, not a %s", lua_api_kind(L, -1));
    lua_pop(L, 1);
    return (uint64_t)((int64_t)script_of(L)->host->start_ns + o->due_ns);
}

/* ---- definitions ---- */

static const struct lua_api_entry take_entries[] = {
    {"topic", NULL, "string", "known when the file is read"},
    {"correlate", NULL, "string?",
     "where the ids of records stand: header:NAME, key, json:/POINTER, bytes:OFFSET,LENGTH, "
     "regex:EXPRESSION; else as the client says, else header:correlationId"},
    {"from", NULL, "string?",
     "where reading begins: end, beginning, an offset, a time; else the end when the run begins"},
    {"keep", NULL, "string|number|nil",
     "how long a record stays for calls that come later than it; else 30 s"},
    {"codec", NULL, "\"string\"|\"bytes\"|\"json\"|weir.Codec|nil", "how r.value is read"},
    {.name = NULL},
};

const struct table_keys lua_kafka_take_keys = {
    .what = "kafka:consume",
    .known = take_entries,
    .also = lua_call_keys,
    .class = "weir.KafkaConsume",
    .help = "records that are awaited",
};

static void read_place(lua_State *L, int index, str *out)
{
    if (!table_push(L, index, "correlate"))
        return;
    if (lua_istable(L, -1))
        luaL_error(L, "a record has its id in one place: correlate = \"json:/orderId\"");
    lua_pop(L, 1);
    struct correlate_parts both;
    read_correlate(L, index, &both);
    *out = both.reply;
}

/* Its calls send nothing that a reply could be compared with. */
static void refuse_comparisons(lua_State *L, const struct check_parts *p)
{
    for (unsigned i = 0; i < p->list.n; i++)
        if (check_wants_request(&p->checks[i]))
            luaL_error(L, "echo, contains_request and json_same compare with a request, and "
                          "kafka:consume sends none");
}

static void read_take(lua_State *L, const struct definer *definer, int index,
                      struct kafka_take_parts *p)
{
    table_check(L, index, &lua_kafka_take_keys);
    if (!table_text(L, index, "topic", &p->topic) || p->topic.n == 0)
        luaL_error(L, "kafka:consume needs a topic: kafka:consume { topic = \"payments\" }");
    if (str_contains(p->topic, STR("${")))
        luaL_error(L,
                   "the topic must be known when the file is read: weir reads it from before the "
                   "load begins");
    read_place(L, index, &p->correlate);
    table_text(L, index, "from", &p->from);
    if (table_duration(L, index, "keep", &p->keep_ns) && !p->keep_ns)
        luaL_error(L, "'keep' is longer than 0");
    table_text(L, index, "name", &p->name);
    table_timeout(L, index, &p->timeout_ns);
    read_pairs(L, index, "tags", &p->tags);
    read_checks(L, definer->checks, index, &p->checks);
    refuse_comparisons(L, &p->checks);
}

static struct lua_call *define(lua_State *L, const struct definer *definer, int index)
{
    const struct lua_kafka *kafka = definer->client;
    struct kafka_take_parts p = {.correlate = kafka->definition->correlate.reply,
                                 .from = STR("end"),
                                 .keep_ns = KEEP_USUAL_NS};
    struct err e;
    luaL_checktype(L, index, LUA_TTABLE);
    enum codec codec = read_codec(L, index);
    if (codec == CODEC_FUNCTIONS)
        script_top_level(L, "a codec of functions");
    read_take(L, definer, index, &p);
    p.key_text = definition_key(L, definer->definition, definer->method, index);
    struct call_definition *d = kafka_take_define(script_of(L)->program, kafka->definition, &p, &e);
    if (!d)
        lua_state_fail(L, &e);
    struct lua_call *call = lua_call_push(L, definer, d, index);
    keep_codec(L, index, codec, false, call);
    return call;
}

int lua_kafka_consume(lua_State *L)
{
    struct definer d = lua_kafka_definer(L, "consume", define);
    return call_method(L, &d);
}
