/* scenario/lua_json.h: Lua values as JSON, and JSON values as Lua's. null is weir.null. Private to
 * src/scenario. */
#ifndef WEIR_SCENARIO_LUA_JSON_H
#define WEIR_SCENARIO_LUA_JSON_H

#include "base/buf.h"
#include "scenario/lua_state.h"

/* Appends the value at `index`. Tables with the keys 1..n are arrays, others objects with their
 * keys sorted; an empty one is an object. False with a sentence (ERR_USAGE): what JSON has not. */
bool lua_json_add(lua_State *L, int index, struct buf *out, struct err *e);
/* The same, but in strings placeholders stay as they are ("${name}" becomes the JSON string's
 * content when it is rendered): the text of a template. */
bool lua_json_template(lua_State *L, int index, struct buf *out, struct err *e);

/* Whole numbers without a point, others with the digits they need. */
bool lua_json_number(double v, struct buf *out, struct err *e);

/* Pushes what the value at `pointer` in a JSON text stands for: objects and arrays as tables; nil
 * when there is none. Raises an error when the text is broken before that, or the pointer is. */
int lua_json_at(lua_State *L, str text, str pointer);

#endif
