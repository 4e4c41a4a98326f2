/* scenario/checks.h: checks that a call declares (checks = { is.status(201), … }): read once, made
 * on each reply without any Lua. Pure but for regular expressions, which belong to one thread. */
#ifndef WEIR_SCENARIO_CHECKS_H
#define WEIR_SCENARIO_CHECKS_H

#include <regex.h>

#include "codec/json_pointer.h"
#include "proto/protocol.h"
#include "scenario/names.h"

enum check_kind {
    CHECK_STATUS,           /* is one of `numbers` */
    CHECK_JSON,             /* the value at `pointer` */
    CHECK_HEADER,           /* the header `text` */
    CHECK_KEY,              /* the key of a record */
    CHECK_SIZE,             /* bytes of the body */
    CHECK_CONTAINS,         /* the body contains `text` */
    CHECK_EQUALS,           /* the body is `text`; p is NULL: it is null */
    CHECK_NOT_EMPTY,        /* there is a body */
    CHECK_MATCHES,          /* a regular expression (POSIX, extended) finds something in the body */
    CHECK_ECHO,             /* the body is that of the request */
    CHECK_CONTAINS_REQUEST, /* the body contains that of the request */
    CHECK_JSON_SAME,        /* the value at `pointer` is that at `of_request` in the request */
    CHECK_FUNCTION,         /* the script's own */
    CHECK_WHEN,             /* `then`, when `condition` holds */
};

enum check_op {
    CHECK_EQ,
    CHECK_NE,
    CHECK_LT,
    CHECK_LE,
    CHECK_GT,
    CHECK_GE,
    CHECK_IN,
    CHECK_EXISTS,
    CHECK_COUNT
};

enum check_value_kind { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE, VALUE_NULL };

struct check_value {
    enum check_value_kind kind;
    str text;
    double number;
};

struct check {
    const struct name *name; /* what it is called in the results */
    enum check_kind kind;
    enum check_op op;
    struct json_pointer pointer, of_request;
    str text;
    const struct check_value *values; /* to compare with; one unless op is CHECK_IN */
    unsigned n_values;
    unsigned number; /* of a CHECK_FUNCTION or CHECK_MATCHES among its call's */
    const struct check *condition, *then; /* of a CHECK_WHEN; without names */
};

struct check_list {
    const struct check *checks;
    unsigned n;
    unsigned n_functions, n_expressions;
};

/* Is the reply compared with what was sent? */
bool check_wants_request(const struct check *c);

/* A reply that is looked at. */
struct checked {
    const struct outcome *outcome;
    unsigned status;
    bool is_record; /* of Kafka: its head is that of proto/kafka_reply.h, what is empty may be null
                     */
    str sent;       /* the body of the request, where it is wanted; p is NULL: null */
};

/* Does it pass? Not for CHECK_FUNCTION and CHECK_WHEN. `expression` is that of a CHECK_MATCHES.
 * `room`: memory for its use. */
bool check_passes(const struct check *c, const struct checked *reply, const regex_t *expression,
                  struct buf *room);

#endif
