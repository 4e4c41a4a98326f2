/* scenario/http_compiled.h: a call of HTTP as http_calls.c compiled it and http_render.c makes
 * requests of it. Private to src/scenario. */
#ifndef WEIR_SCENARIO_HTTP_COMPILED_H
#define WEIR_SCENARIO_HTTP_COMPILED_H

#include "proto/http_client.h"
#include "scenario/program.h"

struct http_call_definition {
    struct call_definition call; /* first */
    struct http_definition definition;
    struct http_message constant; /* with is_constant */
    bool is_constant;
    bool open_headers, open_body; /* left out: variables may fill them in */
    bool is_head, closes;
    struct template line[3]; /* the head: before the target, it, and all behind it */
    struct template body;
};

extern const struct call_kind http_kind;

#endif
