/* Fields and codecs. */
#include "scenario/lua_record.h"

#include "scenario/lua_json.h"
#include "scenario/lua_table.h"

/* ---- fields ---- */

/* The value on top, which is not nil. */
static struct record_field field_of(lua_State *L, const char *name)
{
    struct script *s = script_of(L);
    if (lua_islightuserdata(L, -1))
        return (struct record_field){.kind = FIELD_NULL};
    if (!lua_isstring(L, -1))
        luaL_error(L, "'%s' is a text or weir.null, not a %s", name, luaL_typename(L, -1));
    lua_pushvalue(L, -1); /* a number is turned into text here, and not in the script's table */
    size_t n;
    const char *p = lua_tolstring(L, -1, &n);
    str text = arena_dup(&s->scratch, (str){p, n});
    lua_pop(L, 1);
    return (struct record_field){.kind = FIELD_TEXT, .text = text};
}

void read_field(lua_State *L, int index, const char *name, struct record_field *out)
{
    if (!table_push(L, index, name))
        return;
    *out = field_of(L, name);
    lua_pop(L, 1);
}

enum codec read_codec(lua_State *L, int index)
{
    static const char *const words[] = {"string", "bytes", "json"};
    if (!table_push(L, index, "codec"))
        return CODEC_STRING;
    str text = lua_view(L, -1);
    bool functions = lua_istable(L, -1);
    lua_pop(L, 1);
    for (int i = 0; i < 3; i++)
        if (str_eq(text, str_from(words[i])))
            return (enum codec)i;
    if (str_eq(text, STR("avro")) || str_eq(text, STR("protobuf")))
        luaL_error(L, "codec \"%s\" is not in this version of weir", text.p);
    if (!functions)
        luaL_error(
            L, "unknown codec%s%s; there are \"string\", \"bytes\", \"json\" and { encode = f }",
            text.p ? " " : "", text.p ? text.p : "");
    return CODEC_FUNCTIONS;
}

/* A value that is JSON is written as such, placeholders in it too. */
static void read_json(lua_State *L, struct record_field *out)
{
    struct buf text = {0};
    struct err e;
    bool good = lua_json_template(L, -1, &text, &e);
    *out = (struct record_field){FIELD_JSON, arena_dup(&script_of(L)->scratch, buf_view(&text))};
    buf_free(&text);
    if (!good)
        lua_state_fail(L, &e);
}

static void read_value(lua_State *L, int index, enum codec codec, struct record_field *out)
{
    if (codec == CODEC_FUNCTIONS || !table_push(L, index, "value"))
        return; /* its function is called with each record */
    if (lua_istable(L, -1) && codec != CODEC_JSON)
        luaL_error(L, "a table as value needs codec = \"json\"");
    if (codec == CODEC_JSON && !lua_islightuserdata(L, -1))
        read_json(L, out);
    else
        *out = field_of(L, "value");
    lua_pop(L, 1);
}

static void add_header(lua_State *L, str key, void *to)
{
    struct record_parts *p = to;
    p->headers[p->n_headers++] = (struct record_header){key, field_of(L, "headers")};
}

static void read_headers(lua_State *L, int index, struct record_parts *p)
{
    size_t n = 0;
    p->open_headers = !table_table(L, index, "headers");
    if (p->open_headers)
        return;
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        n++;
    p->headers = arena_alloc(&script_of(L)->scratch, n * sizeof *p->headers);
    table_each_sorted(L, table, add_header, p);
    lua_pop(L, 1);
}

void read_record(lua_State *L, int index, enum codec codec, struct record_parts *out)
{
    read_field(L, index, "key", &out->key);
    read_field(L, index, "partition", &out->partition);
    read_value(L, index, codec, &out->value);
    read_headers(L, index, out);
}

/* ---- codecs of the script's own ---- */

static const struct lua_api_entry codec_entries[] = {
    {"encode", NULL, "(fun(value: any): string)?", "makes the bytes of a value that is sent"},
    {"decode", NULL, "(fun(bytes: string): any)?", "makes a value of the bytes that came"},
    {.name = NULL},
};

const struct table_keys lua_codec_keys = {
    .what = "codec",
    .known = codec_entries,
    .class = "weir.Codec",
    .help = "a codec of the script's own, for values of Kafka's records",
};

void keep_codec(lua_State *L, int index, enum codec codec, bool encodes, struct lua_call *call)
{
    call->json = codec == CODEC_JSON;
    if (codec != CODEC_FUNCTIONS)
        return;
    table_table(L, index, "codec");
    int at = lua_gettop(L);
    table_check(L, at, &lua_codec_keys);
    if (!table_function(L, at, "encode", &call->encode) && encodes)
        luaL_error(L, "codec: encode is missing: the function that makes a text of a value");
    bool decodes = table_function(L, at, "decode", &call->decode);
    if (!decodes && !encodes)
        luaL_error(L, "codec: decode is missing: the function that makes a value of a text");
    lua_pop(L, 1);
    if (encodes && table_push(L, index, "value"))
        call->value = luaL_ref(L, LUA_REGISTRYINDEX);
}
