/* scenario/lua_outcome.h: what came of a call, as scripts hold it: figures by value, bytes as long
 * as the user makes no other call. Outcomes given to checks can only be read
 * there. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_OUTCOME_H
#define WEIR_SCENARIO_LUA_OUTCOME_H

#include "scenario/lua_call.h"

struct lua_outcome {
    uint64_t user, readable; /* who may read its bytes, as long as this stands in it; 0: nobody */
    uint64_t number;         /* of the call */
    const struct call_room *room;
    const void *request;
    const struct call_definition *of;
    enum fate fate;
    const char *why;
    unsigned status;
    int32_t partition;
    int64_t offset;
    uint64_t length;
    int64_t due_ns;       /* from t = 0 of the plan; in the warm-up below 0 */
    int64_t timestamp_ms; /* of a record that came; 0: none */
    uint64_t response_ns, service_ns;
    bool null;    /* a record without a value came */
    bool decoded; /* its value is in the object's environment */
    int decode;   /* reference, the call's: LUA_NOREF: none */
};

/* Each pushes one value. Raises an error when the bytes are gone. */
int outcome_push_body(lua_State *L, struct lua_outcome *o);
int outcome_push_value(lua_State *L, struct lua_outcome *o); /* the object is at index 1 */
int outcome_push_headers(lua_State *L, struct lua_outcome *o);
int outcome_push_key(lua_State *L, struct lua_outcome *o);
int outcome_push_request(lua_State *L, struct lua_outcome *o);
int outcome_push_json(lua_State *L, struct lua_outcome *o, str pointer);

#endif
