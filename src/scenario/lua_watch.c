/* The signal is the first real-time one: nobody else in weir uses it. */
#include "scenario/lua_watch.h"

#include <pthread.h>

static _Thread_local struct script *volatile stepping;

/* Raises the error; the hook stays, so that it is raised again behind a pcall. */
static void too_long(lua_State *L, lua_Debug *ar)
{
    lua_getinfo(L, "Sl", ar);
    lua_pushfstring(L, "%s:%d: no call and no sleep for more than 1 s: is this an endless loop?",
                    ar->short_src, ar->currentline);
    lua_error(L);
}

/* What lua.c does at Ctrl-C: lua_sethook may be called from a signal's handler. */
static void set_hook(int signal)
{
    struct script *s = stepping;
    (void)signal;
    if (!s)
        return;
    s->interrupted = 1;
    lua_sethook(s->L, too_long, LUA_MASKCOUNT, 1);
}

static void install(void)
{
    struct sigaction action = {.sa_handler = set_hook, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGRTMIN, &action, NULL);
}

void lua_watch_begin(struct script *s)
{
    stepping = s;
}

void lua_watch_end(struct script *s)
{
    stepping = NULL;
    if (!s->interrupted)
        return;
    s->interrupted = 0;
    lua_sethook(s->L, NULL, 0, 0);
}

void lua_watch_interrupt(struct script *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    pthread_kill(s->thread, SIGRTMIN);
}
