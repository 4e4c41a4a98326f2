/* kafka:lag { group = …, topic = … }: a consumer group that the run looks at each second, and the
 * list of those that it does. */
#include "scenario/kafka_calls.h"
#include "scenario/lua_api.h"
#include "scenario/lua_lag.h"
#include "scenario/lua_table.h"

static const struct lua_api_entry keys[] = {
    {"group", NULL, "string", "whose lag: where it has committed, and where the topic ends"},
    {"topic", NULL, "string?", "left out: all that it has committed for"},
    {.name = NULL},
};

const struct table_keys lua_lag_keys = {
    .what = "kafka:lag",
    .known = keys,
    .class = "weir.LagOf",
    .help = "a consumer group to be watched beside the run",
};

static const struct lua_api_entry entries[] = {{.name = NULL}};

const struct lua_api_class lua_lag_class = {
    .name = "weir.Lag",
    .help = "a consumer group, for watch = { … }",
    .entries = entries,
};

static const char *read_name(lua_State *L, const char *key)
{
    struct script *s = script_of(L);
    str name = STR("");
    if (!table_text(L, 2, key, &name))
        return NULL;
    if (name.n == 0)
        luaL_error(L, "kafka:lag: '%s' is empty", key);
    return arena_z(s->program->sealed ? &s->arena : &s->program->arena, name);
}

int lua_lag(lua_State *L, struct kafka_client_definition *client)
{
    struct lua_lag *lag = lua_api_new(L, &lua_lag_class, sizeof *lag);
    script_top_level(L, "kafka:lag");
    table_check(L, 2, &lua_lag_keys);
    *lag = (struct lua_lag){client, read_name(L, "group"), read_name(L, "topic")};
    if (!lag->group)
        luaL_error(L,
                   "kafka:lag needs a group: kafka:lag { group = \"workers\", topic = \"tasks\" }");
    return 1;
}

void read_watch(lua_State *L, int index)
{
    struct program *p = script_of(L)->program;
    if (!table_table(L, index, "watch"))
        return;
    int list = lua_gettop(L);
    size_t n = table_size(L, list) ? table_list(L, list, "watch", NULL) : 0;
    p->watches = arena_alloc(&p->arena, (n + 1) * sizeof *p->watches);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, list, (int)i + 1);
        const struct lua_lag *lag = lua_api_test(L, -1, &lua_lag_class);
        if (!lag)
            luaL_error(L, "watch: value %d is no kafka:lag { group = …, topic = … }", (int)i + 1);
        p->watches[p->n_watches++] = (struct watch_definition){
            .client = lag->client, .config = {.group = lag->group, .topic = lag->topic}};
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
