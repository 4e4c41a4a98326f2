/* scenario/script_texts.h: what texts of scripts stand for in a state: names of the program,
 * reasons, regular expressions. On the state's thread. */
#ifndef WEIR_SCENARIO_SCRIPT_TEXTS_H
#define WEIR_SCENARIO_SCRIPT_TEXTS_H

#include <regex.h>

#include "scenario/script.h"

/* Pushes a name of the program. */
void script_push_name(lua_State *L, const struct name *name);

/* The string at `index` as a name of the program. Raises an error when there are too many. */
const struct name *script_name(lua_State *L, int index);

/* The text at `index` as a reason (program.h). */
const char *script_reason(lua_State *L, int index);

/* A regular expression of this state's own, compiled when it is first asked for. Raises an error
 * when it is none. */
const regex_t *script_expression(lua_State *L, str text);

/* Frees what was made for the state's texts, when it closes. */
void script_texts_free(struct script *s);

#endif
