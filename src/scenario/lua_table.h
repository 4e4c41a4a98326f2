/* scenario/lua_table.h: reading the tables that scripts write: names of keys are checked, values
 * have the kind they must have. What is wrong is raised as a Lua error with file and line. Texts
 * are views of the table's own strings: valid while it is not changed. */
#ifndef WEIR_SCENARIO_LUA_TABLE_H
#define WEIR_SCENARIO_LUA_TABLE_H

#include <stdint.h>

#include "scenario/lua_api.h"
#include "scenario/lua_state.h"

/* `index` is absolute in all of these. */
void table_check(lua_State *L, int index, const struct table_keys *keys);

size_t table_size(lua_State *L, int index); /* how many members it has */

/* The length of a list without gaps that is not empty, and has no other keys but these (NULL:
 * none).
 */
size_t table_list(lua_State *L, int index, const char *what, const struct lua_api_entry *known);

/* Pushes the field; false, and nothing pushed, when it is nil. */
bool table_push(lua_State *L, int index, const char *key);

/* False when it is not there; *out is then as it was. */
bool table_text(lua_State *L, int index, const char *key, str *out);
bool table_bool(lua_State *L, int index, const char *key, bool *out);
bool table_count(lua_State *L, int index, const char *key, uint64_t *out);   /* whole, >= 0 */
bool table_duration(lua_State *L, int index, const char *key, uint64_t *ns); /* "10s", or seconds */
bool table_timeout(lua_State *L, int index, uint64_t *ns); /* the key "timeout"; not 0 */
bool table_function(lua_State *L, int index, const char *key, int *ref); /* in the registry */
bool table_choice(lua_State *L, int index, const char *key, const char *const *words,
                  unsigned *out);                           /* `words` ends with NULL */
bool table_table(lua_State *L, int index, const char *key); /* pushes it */

/* The value at `index` as a length of time in ns; `what` names it in the error. */
uint64_t value_duration(lua_State *L, int index, const char *what);

/* Calls `each` for every member in the order of its keys as text, key at -2 and value at -1. */
void table_each_sorted(lua_State *L, int index, void (*each)(lua_State *L, str key, void *to),
                       void *to);

#endif
