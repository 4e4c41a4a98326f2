/* scenario/http_calls.h: HTTP clients and calls of a scenario file: from the parts that the script
 * says to requests that are written once, or are templates. No Lua here. */
#ifndef WEIR_SCENARIO_HTTP_CALLS_H
#define WEIR_SCENARIO_HTTP_CALLS_H

#include "proto/http_client.h"
#include "scenario/check_keep.h"
#include "scenario/program.h"

/* weir.http{…}. */
struct http_client_definition {
    struct client_definition client; /* first */
    struct http_config config;       /* its origins grow while the file is read */
    str base;                        /* "http://127.0.0.1:8081/api"; n is 0: none */
    struct text_pairs headers;
    str credentials;        /* "user:password"; p is NULL: none */
    const uint16_t *expect; /* as in http_definition */
    unsigned n_expect;
    unsigned follow;
};

enum http_body_kind {
    HTTP_CALL_OPEN, /* left out: the variable `body`, if there is one */
    HTTP_CALL_TEXT, /* a template */
    HTTP_CALL_JSON, /* a template that is JSON */
    HTTP_CALL_FORM,
};

/* http:get{…} as the script says it; texts may hold placeholders. */
struct http_call_parts {
    str key; /* of the definition */
    str method;
    str url;  /* path or whole URL */
    str name; /* n is 0: method and path */
    struct text_pairs query, headers, form, tags;
    bool has_headers; /* they were not left out */
    enum http_body_kind body_kind;
    str body;
    const uint16_t *expect;
    unsigned n_expect, follow;
    uint64_t timeout_ns;
    struct check_parts checks;
};

/* The definition with that key, made if it is not there. Any thread. NULL with a sentence. */
struct call_definition *http_call_define(struct program *p, struct http_client_definition *c,
                                         const struct http_call_parts *parts, struct err *e);

#endif
