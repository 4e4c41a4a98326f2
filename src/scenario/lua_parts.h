/* scenario/lua_parts.h: what the definitions of all kinds of calls have in common. Memory is the
 * script's scratch; texts are views of the script's own. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_PARTS_H
#define WEIR_SCENARIO_LUA_PARTS_H

#include "scenario/http_calls.h"
#include "scenario/lua_api.h"
#include "scenario/lua_copy.h"
#include "scenario/lua_call.h"

/* A table of texts and numbers by name, sorted. False: it is not there. */
bool read_pairs(lua_State *L, int index, const char *field, struct text_pairs *out);

/* Keeps them for good. */
void keep_pairs(struct arena *arena, const struct text_pairs *from, struct text_pairs *to);

/* `checks` of a call at `index`, behind those of its client (a reference; LUA_NOREF: none). */
void read_checks(lua_State *L, int client, int index, struct check_parts *out);

/* A reference to the `checks` of a client at `index`, which were looked at; LUA_NOREF: none. */
int keep_checks(lua_State *L, int index);

#define LUA_CHECKS_FORM "(weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil"

/* The key of a definition: its client, its method, what the script wrote at `index`. */
str definition_key(lua_State *L, const struct client_definition *client, const char *method,
                   int index);

/* A way to define a call from the script's value at an index. */
struct definer {
    void *client; /* as scripts hold it */
    const struct client_definition *definition;
    const char *method;
    int kept;   /* reference: calls that users made at once, by key */
    int checks; /* reference: of the client; LUA_NOREF: none */
    /* Pushes the call. */
    struct lua_call *(*define)(lua_State *L, const struct definer *d, int index);
};

/* A method of a client, with the definition at index 2: at the top level it gives the call; written
 * inside a user it makes the call at once, and keeps it by its text for the next time. */
int call_method(lua_State *L, const struct definer *d);

#endif
