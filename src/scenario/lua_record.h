/* scenario/lua_record.h: reading what a script says of a record of Kafka. Memory as in lua_parts.h.
 * Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_RECORD_H
#define WEIR_SCENARIO_LUA_RECORD_H

#include "scenario/kafka_record.h"
#include "scenario/lua_call.h"

enum codec { CODEC_STRING, CODEC_BYTES, CODEC_JSON, CODEC_FUNCTIONS };

enum codec read_codec(lua_State *L, int index);

/* A text, a number or weir.null; FIELD_OPEN when it is not there. */
void read_field(lua_State *L, int index, const char *name, struct record_field *out);

/* key, value, headers and partition. */
void read_record(lua_State *L, int index, enum codec codec, struct record_parts *out);

/* For the call on top of the stack, whose definition is at `index`: what it does with values.
 * `encodes`: it sends some. */
void keep_codec(lua_State *L, int index, enum codec codec, bool encodes, struct lua_call *call);

#endif
