/* transaction = { every = 1000, abort = "10%" } of weir.kafka. */
#include "base/units.h"
#include "scenario/lua_client.h"
#include "scenario/lua_table.h"

static const struct lua_api_entry transaction_entries[] = {
    {"every", NULL, "string|integer", "records of one, or a time like \"500ms\""},
    {"abort", NULL, "string|number|nil", "the share that is aborted, exactly: \"10%\" or 0.1"},
    {.name = NULL},
};

const struct table_keys lua_transaction_keys = {
    .what = "transaction",
    .known = transaction_entries,
    .class = "weir.KafkaTransaction",
    .help = "records of a client in transactions, each producer's its own",
};

/* The value on top as the command line has it. */
static void read_every(lua_State *L, struct kafka_transacting *t)
{
    uint64_t n = 0;
    if (lua_type(L, -1) != LUA_TNUMBER) {
        t->every_ns = value_duration(L, lua_gettop(L), "every");
    } else {
        double value = lua_tonumber(L, -1);
        n = value >= 1 && value <= 1e15 ? (uint64_t)value : 0;
        if ((double)n != value)
            n = 0;
    }
    t->records = n;
    if (!t->records && !t->every_ns)
        luaL_error(L, "transaction: 'every' is a number of records from 1, or a time like "
                      "\"500ms\"");
}

static void read_abort(lua_State *L, struct kafka_transacting *t)
{
    struct err e;
    lua_pushvalue(L, -1);
    const char *text = lua_tostring(L, -1);
    if (!text || !units_share(str_from(text), &t->abort_ppb, &e))
        luaL_error(L, "transaction: 'abort' is a share, like \"10%%\" or 0.1");
    lua_pop(L, 1);
}

void read_transaction(lua_State *L, int index, struct kafka_transacting *out)
{
    if (!table_table(L, index, "transaction"))
        return;
    int table = lua_gettop(L);
    table_check(L, table, &lua_transaction_keys);
    if (!table_push(L, table, "every"))
        luaL_error(L, "transaction needs 'every': records, or a time like \"500ms\"");
    read_every(L, out);
    lua_pop(L, 1);
    if (table_push(L, table, "abort")) {
        read_abort(L, out);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
