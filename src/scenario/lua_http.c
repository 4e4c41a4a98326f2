/* weir.http and the calls of such a client: reading what the script says. */
#include <string.h>

#include "scenario/lua_client.h"
#include "scenario/lua_json.h"
#include "scenario/lua_parts.h"
#include "scenario/lua_table.h"

/* A client as scripts hold it. */
struct lua_http {
    struct http_client_definition *definition;
    int kept;   /* reference: calls that users made at once, by key */
    int checks; /* reference: of all its replies; LUA_NOREF: none */
};

/* ---- parts ---- */

static uint16_t read_status(lua_State *L, int index)
{
    double status = lua_type(L, index) == LUA_TNUMBER ? lua_tonumber(L, index) : 0;
    if (!(status >= 100 && status <= 999) || status != (int)status)
        luaL_error(L, "expect: a status is a whole number from 100 to 999");
    return (uint16_t)status;
}

/* expect = 200 or {200, 201}. */
static void read_expect(lua_State *L, int index, const uint16_t **list, unsigned *n)
{
    if (!table_push(L, index, "expect"))
        return;
    int at = lua_gettop(L);
    size_t many = lua_istable(L, at) ? table_list(L, at, "expect", NULL) : 1;
    uint16_t *statuses = arena_alloc(&script_of(L)->scratch, (many + 1) * sizeof *statuses);
    if (!lua_istable(L, at)) {
        statuses[0] = read_status(L, at);
    } else {
        for (size_t i = 0; i < many; i++) {
            lua_rawgeti(L, at, (int)i + 1);
            statuses[i] = read_status(L, at + 1);
            lua_pop(L, 1);
        }
    }
    *list = statuses;
    *n = (unsigned)many;
    lua_pop(L, 1);
}

static void read_follow(lua_State *L, int index, unsigned *follow)
{
    uint64_t n;
    if (!table_count(L, index, "follow", &n))
        return;
    if (n > 10)
        luaL_error(L, "follow: at most 10 redirects");
    *follow = (unsigned)n;
}

/* ---- the body ---- */

static void read_json(lua_State *L, int index, struct http_call_parts *p)
{
    struct buf text = {0};
    struct err e;
    lua_pushstring(L, "json");
    lua_rawget(L, index);
    bool good = lua_json_template(L, -1, &text, &e);
    p->body = arena_dup(&script_of(L)->scratch, buf_view(&text));
    buf_free(&text);
    lua_pop(L, 1);
    if (!good)
        lua_state_fail(L, &e);
    p->body_kind = HTTP_CALL_JSON;
}

static void read_body(lua_State *L, int index, struct http_call_parts *p)
{
    unsigned kinds = 0;
    if (table_text(L, index, "body", &p->body)) {
        p->body_kind = HTTP_CALL_TEXT;
        kinds++;
    }
    if (table_push(L, index, "json")) {
        lua_pop(L, 1);
        read_json(L, index, p);
        kinds++;
    }
    if (read_pairs(L, index, "form", &p->form)) {
        p->body_kind = HTTP_CALL_FORM;
        kinds++;
    }
    if (kinds > 1)
        luaL_error(L, "body, json and form exclude each other: each is the whole body");
}

/* ---- calls ---- */

static const struct lua_api_entry call_entries[] = {
    {"query", NULL, "table<string, string|number>?", "after the ? of the URL, encoded"},
    {"headers", NULL, "table<string, string|number>?", "beside those of the client"},
    {"body", NULL, "string?", "the body as it stands, ${variables} in it"},
    {"json", NULL, "any", "the body as JSON, ${variables} in its texts; weir.null is null"},
    {"form", NULL, "table<string, string|number>?", "the body as a form, encoded"},
    {"expect", NULL, "integer|integer[]|nil", "the statuses that are ok; else every 2xx and 3xx"},
    {"follow", NULL, "integer?", "how many redirects are followed, 0 to 10"},
    {.name = NULL},
};

const struct table_keys lua_http_call_keys = {
    .what = "a call of HTTP",
    .known = call_entries,
    .also = lua_call_keys,
    .items = 1,
    .item = "string",
    .class = "weir.HttpCall",
    .help = "a call of HTTP; it begins with a path or a URL",
};

/* The table {path, …} at `index`. */
static void read_call(lua_State *L, int index, struct http_call_parts *p)
{
    table_check(L, index, &lua_http_call_keys);
    lua_rawgeti(L, index, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "a call of HTTP begins with a path or URL: http:get { \"/ping\" }");
    p->url = lua_view(L, -1);
    lua_pop(L, 1);
    table_text(L, index, "name", &p->name);
    table_timeout(L, index, &p->timeout_ns);
    read_pairs(L, index, "tags", &p->tags);
    read_pairs(L, index, "query", &p->query);
    p->has_headers = read_pairs(L, index, "headers", &p->headers);
    read_body(L, index, p);
    read_expect(L, index, &p->expect, &p->n_expect);
    read_follow(L, index, &p->follow);
}

/* Pushes the call of the definition at `index`: a text or a table. */
static struct lua_call *define(lua_State *L, const struct definer *definer, int index)
{
    struct script *s = script_of(L);
    const struct lua_http *http = definer->client;
    const struct http_client_definition *c = http->definition;
    struct http_call_parts p = {.method = str_from(definer->method),
                                .expect = c->expect,
                                .n_expect = c->n_expect,
                                .follow = c->follow};
    struct err e;
    if (lua_istable(L, index))
        read_call(L, index, &p);
    else
        p.url = (str){luaL_checkstring(L, index), lua_objlen(L, index)};
    read_checks(L, definer->checks, index, &p.checks);
    p.key = definition_key(L, &c->client, definer->method, index);
    struct call_definition *d = http_call_define(s->program, http->definition, &p, &e);
    if (!d)
        lua_state_fail(L, &e);
    return lua_call_push(L, definer, d, index);
}

static int method(lua_State *L, const char *name)
{
    struct lua_http *http = lua_api_check(L, 1, &lua_http_class);
    if (!lua_istable(L, 2) && lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L, "a path, or a table that begins with one, is wanted: http:get { "
                             "\"/ping\" }");
    return call_method(L, &(struct definer){.client = http,
                                            .definition = &http->definition->client,
                                            .method = name,
                                            .kept = http->kept,
                                            .checks = http->checks,
                                            .define = define});
}

static int get(lua_State *L)
{
    return method(L, "GET");
}

static int post(lua_State *L)
{
    return method(L, "POST");
}

static int put(lua_State *L)
{
    return method(L, "PUT");
}

static int patch(lua_State *L)
{
    return method(L, "PATCH");
}

static int delete (lua_State *L)
{
    return method(L, "DELETE");
}

static int head(lua_State *L)
{
    return method(L, "HEAD");
}

#define METHOD "(definition: string|weir.HttpCall): weir.Call|weir.Outcome"

static const struct lua_api_entry entries[] = {
    {"get", get, METHOD, "a GET: prepared at the top level; inside a user made at once"},
    {"post", post, METHOD, "a POST"},
    {"put", put, METHOD, "a PUT"},
    {"patch", patch, METHOD, "a PATCH"},
    {"delete", delete, METHOD, "a DELETE"},
    {"head", head, METHOD, "a HEAD"},
    {.name = NULL},
};

const struct lua_api_class lua_http_class = {
    .name = "weir.Http",
    .help = "a client of HTTP/1.1",
    .entries = entries,
};

/* ---- the client ---- */

static void read_auth(lua_State *L, int index, struct http_client_definition *d)
{
    str part[2];
    if (!table_table(L, index, "auth"))
        return;
    bool two = table_size(L, lua_gettop(L)) == 2;
    for (int i = 0; i < 2; i++) {
        lua_rawgeti(L, -1, i + 1);
        part[i] = lua_view(L, -1);
        lua_pop(L, 1);
        if (!two || !part[i].p)
            luaL_error(L, "auth is {user, password}, two texts");
    }
    d->credentials = arena_printf(&script_of(L)->program->arena, STR_FMT ":" STR_FMT,
                                  STR_ARG(part[0]), STR_ARG(part[1]));
    lua_pop(L, 1);
}

static void read_client(lua_State *L, int index, struct http_client_definition *d)
{
    static const char *const sharing[] = {"user", "shared", NULL};
    struct arena *arena = &script_of(L)->program->arena;
    struct text_pairs headers = {.n = 0};
    unsigned shared = 0;
    str base = STR("");
    table_text(L, index, "base", &base);
    d->base = arena_dup(arena, base);
    read_pairs(L, index, "headers", &headers);
    keep_pairs(arena, &headers, &d->headers);
    table_timeout(L, index, &d->client.timeout_ns);
    read_expect(L, index, &d->expect, &d->n_expect);
    if (d->expect) {
        uint16_t *kept = arena_alloc(arena, d->n_expect * sizeof *kept);
        memcpy(kept, d->expect, d->n_expect * sizeof *kept);
        d->expect = kept;
    }
    read_follow(L, index, &d->follow);
    read_auth(L, index, d);
    d->config.cookies = true; /* as every browser, and every other tool */
    table_bool(L, index, "cookies", &d->config.cookies);
    table_bool(L, index, "insecure", &d->config.insecure);
    table_choice(L, index, "connections", sharing, &shared);
    d->config.connections_per_user = shared == 0;
    d->client.spec =
        (struct client_spec){.protocol = &http_protocol, .config = &d->config, .sessions = true};
}

/* A base that no call uses is connected to all the same: the user wrote it down. */
static void add_base(lua_State *L, struct http_client_definition *d)
{
    struct program *p = script_of(L)->program;
    struct http_origin *origin = arena_alloc(&p->arena, sizeof *origin);
    struct err e;
    if (d->base.n == 0)
        return;
    if (!http_url_parse(d->base, &p->arena, &origin->url, &e)) {
        err_wrap(&e, "base");
        lua_state_fail(L, &e);
    }
    if (memchr(d->base.p, '?', d->base.n) || memchr(d->base.p, '#', d->base.n))
        luaL_error(L, "base: '%s' has a query; those belong to calls", d->base.p);
    d->config.origins = origin;
    d->config.n_origins = 1;
    d->config.may_need_tls = origin->url.tls;
}

static const struct lua_api_entry client_entries[] = {
    {"base", NULL, "string?", "what paths of calls are added to: \"http://127.0.0.1:8081\""},
    {"headers", NULL, "table<string, string|number>?", "of every call"},
    {"timeout", NULL, "string|number|nil", "of its calls; else that of the scenario, else 10 s"},
    {"expect", NULL, "integer|integer[]|nil", "the statuses that are ok; else every 2xx and 3xx"},
    {"cookies", NULL, "boolean?", "each user keeps its cookies; else true"},
    {"follow", NULL, "integer?", "how many redirects are followed, 0 to 10; else 0"},
    {"auth", NULL, "string[]?", "{user, password} of HTTP's basic authentication"},
    {"connections", NULL, "\"user\"|\"shared\"|nil", "each user has its own, or all share them"},
    {"insecure", NULL, "boolean?", "accept a certificate that cannot be verified"},
    {"checks", NULL, LUA_CHECKS_FORM, "made with each reply to each of its calls"},
    {.name = NULL},
};

const struct table_keys lua_http_keys = {
    .what = "weir.http",
    .known = client_entries,
    .class = "weir.HttpSettings",
    .help = "what weir.http can be told",
};

int lua_http_client(lua_State *L)
{
    struct script *s = script_of(L);
    script_top_level(L, "weir.http");
    if (lua_isnoneornil(L, 1))
        lua_newtable(L);
    table_check(L, 1, &lua_http_keys);
    str key = client_key(L, "http", 1);
    struct client_definition *known_one = map_get(&s->program->clients_by_key, key);
    struct http_client_definition *d = (struct http_client_definition *)known_one;
    if (!d) {
        d = arena_alloc(&s->program->arena, sizeof *d);
        client_keep(L, key, &d->client);
        program_client_add(s->program, &d->client, 1);
        read_client(L, 1, d);
        add_base(L, d);
    }
    struct lua_http *http = lua_api_new(L, &lua_http_class, sizeof *http);
    http->definition = d;
    http->checks = keep_checks(L, 1);
    lua_newtable(L);
    http->kept = luaL_ref(L, LUA_REGISTRYINDEX);
    arena_free(&s->scratch);
    return 1;
}
