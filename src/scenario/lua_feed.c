/* Feeders: weir.csv, .jsonl, .lines, .rows. Their data are read once for all states; each state has
 * objects of its own that take rows from the common order. */
#include "scenario/lua_scenario.h"

#include <string.h>

#include "base/mem.h"
#include "codec/json_read.h"
#include "scenario/data.h"
#include "scenario/feed.h"
#include "scenario/lua_api.h"
#include "scenario/lua_json.h"
#include "scenario/lua_table.h"
#include "scenario/lua_user.h"
#include "scenario/script_texts.h"

/* What all states share: known by its order in the file. */
struct feed_definition {
    str key;               /* the file, its format and mode: the same each time it is read */
    struct data_rows rows; /* of files */
    struct feed *feed;     /* made when the run is, with its number of workers */
    enum feed_mode mode;
    uint64_t n; /* rows */
};

/* As scripts hold it. */
struct lua_feed {
    struct feed_definition *definition; /* NULL: a function makes the rows */
    int source;                         /* reference: the list or function of weir.rows */
    const char *what;
};

/* ---- rows ---- */

static void push_cell(lua_State *L, const struct data_cell *cell)
{
    switch (cell->kind) {
    case DATA_NUMBER:
        lua_pushnumber(L, json_number(cell->text));
        break;
    case DATA_TRUE:
    case DATA_FALSE:
        lua_pushboolean(L, cell->kind == DATA_TRUE);
        break;
    case DATA_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    case DATA_JSON:
        lua_json_at(L, cell->text, STR(""));
        break;
    case DATA_TEXT:
        lua_pushlstring(L, cell->text.p ? cell->text.p : "", cell->text.n);
        break;
    }
}

/* A table by the names of the columns. */
static int push_row(lua_State *L, const struct data_rows *rows, uint64_t i)
{
    struct data_reader *r = &script_of(L)->reader;
    struct data_cell cell;
    data_row(r, rows, i);
    lua_createtable(L, 0, (int)rows->n_columns);
    while (data_next(r, &cell)) {
        lua_pushlstring(L, cell.name.p, cell.name.n);
        push_cell(L, &cell);
        lua_rawset(L, -3);
    }
    return 1;
}

static int no_rows_left(lua_State *L, const struct lua_feed *f)
{
    lua_pushfstring(L, "no rows are left in %s", f->what);
    return script_yield(L, (struct step){.kind = STEP_STOP, .why = script_reason(L, -1)});
}

static int call_source(lua_State *L, const struct lua_feed *f)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->source);
    lua_call(L, 0, 1);
    return lua_isnil(L, -1) ? no_rows_left(L, f) : 1;
}

static int next(lua_State *L)
{
    const struct lua_feed *f = lua_api_check(L, 1, &lua_feed_class);
    struct script *s = script_of(L);
    struct vu *vu = script_user(L, "the next row");
    const struct feed_definition *d = f->definition;
    uint64_t row;
    if (!d)
        return call_source(L, f);
    if (!feed_take(d->feed, s->host->share.index, &vu->rng, &row))
        return no_rows_left(L, f);
    if (f->source == LUA_NOREF)
        return push_row(L, &d->rows, row);
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->source);
    lua_rawgeti(L, -1, (int)row + 1);
    return 1;
}

static const struct lua_api_entry entries[] = {
    {"next", next, "(): table",
     "the next row; queue and shuffle end the scenario when none is left"},
    {.name = NULL},
};

const struct lua_api_class lua_feed_class = {
    .name = "weir.Feed",
    .help = "rows of data for users",
    .entries = entries,
};

/* ---- definitions ---- */

/* The definition of this place in the file; new ones get their key. NULL in *d->feed: to be filled.
 */
static struct feed_definition *place(lua_State *L, str key, bool *is_new)
{
    struct script *s = script_of(L);
    struct program *p = s->program;
    unsigned i = s->n_feeds++;
    *is_new = !p->sealed;
    if (p->sealed) {
        if (i >= p->n_feeds || !str_eq(p->feeds[i]->key, key))
            luaL_error(L, "the file makes other feeders each time it is read");
        return p->feeds[i];
    }
    struct feed_definition *d = arena_alloc(&p->arena, sizeof *d);
    d->key = arena_dup(&p->arena, key);
    p->feeds = mem_room(p->feeds, p->n_feeds, &p->feeds_room, sizeof *p->feeds);
    p->feeds[p->n_feeds++] = d;
    return d;
}

static int push_feed(lua_State *L, struct feed_definition *d, int source, const char *what)
{
    struct lua_feed *f = lua_api_new(L, &lua_feed_class, sizeof *f);
    f->definition = d;
    f->source = source;
    f->what = what;
    return 1;
}

static enum feed_mode read_mode(lua_State *L, int index)
{
    enum feed_mode mode = FEED_QUEUE;
    str text;
    struct err e;
    if (table_text(L, index, "mode", &text) && !feed_mode_parse(text, &mode, &e)) {
        err_wrap(&e, "mode");
        lua_state_fail(L, &e);
    }
    return mode;
}

static const struct lua_api_entry feed_entries[] = {
    {"mode", NULL, "\"queue\"|\"circular\"|\"random\"|\"shuffle\"|nil",
     "queue (the default) and shuffle give each row at most once in the whole run"},
    {.name = NULL},
};

const struct table_keys lua_feed_keys = {
    .known = feed_entries,
    .items = 1,
    .item = "string",
    .class = "weir.File",
    .help = "a file of rows, relative to the scenario's",
};

const struct table_keys lua_rows_keys = {
    .known = feed_entries,
    .item = "table",
    .class = "weir.Rows",
    .help = "rows written down in the scenario",
};

/* weir.csv "file" or weir.csv { "file", mode = "random" }. */
static int file_feed(lua_State *L, const char *name, enum data_format format)
{
    struct table_keys keys = lua_feed_keys;
    struct program *p = script_of(L)->program;
    enum feed_mode mode = FEED_QUEUE;
    struct err e;
    bool is_new;
    script_top_level(L, name);
    if (lua_istable(L, 1)) {
        keys.what = name;
        table_check(L, 1, &keys);
        mode = read_mode(L, 1);
        lua_rawgeti(L, 1, 1);
    }
    str path = lua_view(L, lua_gettop(L) > 0 ? -1 : 1);
    if (!path.p)
        return luaL_error(L, "%s begins with a file: %s { \"rows\", mode = \"queue\" }", name,
                          name);
    str key =
        arena_printf(&script_of(L)->arena, "%d %d " STR_FMT, (int)format, (int)mode, STR_ARG(path));
    struct feed_definition *d = place(L, key, &is_new);
    if (is_new) {
        d->mode = mode;
        if (!data_load(program_path(p, path), format, &p->arena, &d->rows, &e))
            return lua_state_fail(L, &e);
        d->n = d->rows.n;
    }
    return push_feed(L, d, LUA_NOREF, arena_z(&script_of(L)->arena, path));
}

static int csv(lua_State *L)
{
    return file_feed(L, "weir.csv", DATA_CSV);
}

static int jsonl(lua_State *L)
{
    return file_feed(L, "weir.jsonl", DATA_JSONL);
}

static int lines(lua_State *L)
{
    return file_feed(L, "weir.lines", DATA_LINES);
}

/* weir.rows { {…}, {…}, mode = "queue" } or weir.rows(function). */
static int rows(lua_State *L)
{
    bool is_new;
    script_top_level(L, "weir.rows");
    if (lua_isfunction(L, 1)) {
        lua_settop(L, 1);
        return push_feed(L, NULL, luaL_ref(L, LUA_REGISTRYINDEX), "weir.rows");
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    size_t n = table_list(L, 1, "weir.rows", feed_entries);
    enum feed_mode mode = read_mode(L, 1);
    struct arena *arena = &script_of(L)->arena;
    struct feed_definition *d = place(L, arena_printf(arena, "rows %d %zu", (int)mode, n), &is_new);
    if (is_new) {
        d->mode = mode;
        d->n = n;
    }
    return push_feed(L, d, luaL_ref(L, LUA_REGISTRYINDEX), "weir.rows");
}

const struct lua_api_entry lua_feed_api[] = {
    {"csv", csv, "(file: string|weir.File): weir.Feed",
     "rows of a file with a heading: row.user is its column user"},
    {"jsonl", jsonl, "(file: string|weir.File): weir.Feed", "the same of JSON objects, one a line"},
    {"lines", lines, "(file: string|weir.File): weir.Feed", "the same of lines: row.value"},
    {"rows", rows, "(rows: weir.Rows|fun(): table?): weir.Feed",
     "the same of a list of tables, or of a function that gives the next one (nil: none is left)"},
    {.name = NULL},
};

/* ---- the run ---- */

void feeds_begin(struct program *p, unsigned workers, uint64_t seed)
{
    for (unsigned i = 0; i < p->n_feeds; i++) {
        struct feed_definition *d = p->feeds[i];
        d->feed = feed_open(d->mode, d->n, (struct share){0, 1}, workers, seed + i);
    }
}

void feeds_end(struct program *p)
{
    for (unsigned i = 0; i < p->n_feeds; i++)
        if (p->feeds[i]->feed)
            feed_close(p->feeds[i]->feed);
}
