/* Making a state and reading the file in it; whose step is under way, and how it waits. */
#include "scenario/script.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "scenario/lua_api.h"
#include "scenario/lua_copy.h"
#include "scenario/lua_metrics.h"
#include "scenario/lua_plan.h"
#include "scenario/lua_prelude.h"
#include "scenario/lua_random.h"
#include "scenario/lua_start.h"
#include "scenario/lua_user.h"
#include "scenario/script_load.h"
#include "scenario/script_texts.h"

#define LOAD_MOST_NS (5 * NS_PER_S)
enum { LOAD_LOOK = 100000 }; /* instructions between two looks at the clock */

static const uint64_t load_stream = UINT64_C(0x746f706c6576656c);

/* print: for people, so not to standard output, which may be a result. */
static int print(lua_State *L)
{
    struct buf line = {0};
    int n = lua_gettop(L);
    lua_getglobal(L, "tostring");
    for (int i = 1; i <= n; i++) {
        lua_pushvalue(L, n + 1);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        buf_printf(&line, "%s%s", i > 1 ? " " : "", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    log_note(STR_FMT ": " STR_FMT, STR_ARG(script_of(L)->program->path), STR_ARG(buf_view(&line)));
    buf_free(&line);
    return 0;
}

/* The user's on_start has ended well. */
static int started(lua_State *L)
{
    struct vu *vu = script_user(L, "on_start");
    vu->started = true;
    vu->function = vu->behind;
    return 0;
}

static int keep_table(lua_State *L)
{
    lua_newtable(L);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Runs lua_prelude.h. */
static void run_prelude(struct script *s)
{
    lua_State *L = s->L;
    if (luaL_loadbuffer(L, lua_prelude, strlen(lua_prelude), "=" LUA_PRELUDE_NAME) != 0)
        lua_error(L);
    lua_pushcfunction(L, started);
    lua_group_push(L);
    lua_call(L, 3, 2);
    lua_getglobal(L, "weir");
    lua_insert(L, -2);
    lua_setfield(L, -2, "group");
    lua_pop(L, 1);
    s->iterate = luaL_ref(L, LUA_REGISTRYINDEX);
}

static int set_up(lua_State *L)
{
    struct script *s = script_of(L);
    lua_api_open(L);
    lua_random_replace(L);
    lua_pushcfunction(L, print);
    lua_setglobal(L, "print");
    lua_pushcfunction(L, script_require);
    lua_setglobal(L, "require");
    run_prelude(s);
    lua_api_lock(L);
    s->modules = keep_table(L);
    s->pointers = keep_table(L);
    s->texts = keep_table(L);
    s->compiled = keep_table(L);
    luaL_newmetatable(L, "weir.Check");
    lua_pop(L, 1);
    lua_state_lock_globals(L);
    lua_copy_in(L, s->program->data);
    s->data = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* Notes each line of the top level, for errors of functions that were called as the last thing of a
 * chunk: Lua keeps no place for these. And looks at the clock now and then. */
static void while_loading(lua_State *L, lua_Debug *ar)
{
    struct script *s = script_of(L);
    lua_getinfo(L, "S", ar);
    bool own = strcmp(ar->source, "=" LUA_PRELUDE_NAME) ==
               0; /* the prelude's, which is no place of the file */
    if (ar->event == LUA_HOOKLINE && !own) {
        s->load_line = ar->currentline;
        snprintf(s->load_source, sizeof s->load_source, "%s", ar->short_src);
    } else if (ar->event != LUA_HOOKLINE && clock_now_ns() > s->load_until_ns) {
        lua_pushfstring(L, "%s:%d: the top level of the file takes longer than 5 s", s->load_source,
                        s->load_line);
        lua_error(L);
    }
}

/* Everything on the file's top level, and what it returns. */
static int read_file(lua_State *L)
{
    struct script *s = script_of(L);
    script_load(L, s->program->path, s->program->text);
    lua_call(L, 0, 1);
    plan_read(L);
    return 0;
}

static void add_place(const struct script *s, struct err *e)
{
    if (s->load_line)
        err_wrap(e, "%s:%d", s->load_source, s->load_line);
    else
        err_wrap(e, STR_FMT, STR_ARG(s->program->path));
}

static bool read_all(struct script *s, struct err *e)
{
    s->load_rng = rng_make(s->program->seed, load_stream);
    s->load_until_ns = clock_now_ns() + LOAD_MOST_NS;
    s->loading = true;
    lua_sethook(s->L, while_loading, LUA_MASKCOUNT | LUA_MASKLINE, LOAD_LOOK);
    lua_pushcfunction(s->L, read_file);
    bool good = lua_state_call(s->L, 0, 0, e);
    lua_sethook(s->L, NULL, 0, 0);
    s->loading = false;
    if (!good && !lua_state_has_place(str_from(e->text)))
        add_place(s, e);
    return good;
}

struct script *script_open(struct program *p, struct host *host, struct err *e)
{
    struct script *s = mem_zero(sizeof *s);
    s->program = p;
    s->host = host;
    s->memory.limit = p->memory_limit;
    s->thread = pthread_self();
    s->L = lua_state_open(&s->memory, e);
    if (s->L) {
        lua_pushcfunction(s->L, set_up);
        if (lua_state_call(s->L, 0, 0, e) && read_all(s, e)) {
            if (!p->sealed) /* by the first reading; workers only look */
                p->sealed = true;
            return s;
        }
    }
    script_close(s);
    return NULL;
}

static void free_rooms(struct script *s)
{
    while (s->rooms) {
        struct call_room *r = s->rooms;
        s->rooms = r->next;
        buf_free(&r->reply.bytes);
        buf_free(&r->bytes);
        buf_free(&r->body);
        buf_free(&r->headers);
        buf_free(&r->ids);
        mem_free(r);
    }
}

void script_close(struct script *s)
{
    lua_state_close(s->L);
    free_rooms(s);
    lua_started_free_all(s);
    script_texts_free(s);
    data_reader_free(&s->reader);
    buf_free(&s->text);
    mem_free(s->names);
    mem_free(s->idle);
    mem_free(s->awaited);
    arena_free(&s->arena);
    arena_free(&s->scratch);
    mem_free(s);
}

/* ---- for the API ---- */

struct vu *script_user_of(lua_State *L, int level, const char *what)
{
    const struct script *s = script_of(L);
    struct vu *vu = s->now;
    if (vu && vu->co == L)
        return vu;
    luaL_where(L, level);
    lua_pushfstring(L, "%s %s", what,
                    vu || s->checking
                        ? "cannot be used within a check or a coroutine of the script's own"
                        : "can only be used while a user runs, not at the top level of the file");
    lua_concat(L, 2);
    lua_error(L);
    return NULL;
}

void script_top_level(lua_State *L, const char *what)
{
    if (!script_of(L)->loading)
        luaL_error(L, "%s can only be used at the top level of the file, not while users run",
                   what);
}

int script_yield(lua_State *L, struct step step)
{
    return script_yield_with(L, step, 0);
}

int script_yield_with(lua_State *L, struct step step, int n)
{
    struct script *s = script_of(L);
    if (!lua_isyieldable(L))
        return luaL_error(L, "a call or a sleep cannot wait in here: not inside table.sort, "
                             "string.gsub, a check or another function that Lua itself calls");
    s->next = step;
    s->asked = true;
    return lua_yield(L, n);
}
