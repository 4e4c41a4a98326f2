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
    CHECK_SIZE,             /* bytes of the body */
    CHECK_CONTAINS,         /* the body contains `text` */
    CHECK_EQUALS,           /* the body is `text` */
    CHECK_NOT_EMPTY,        /* there is a body */
    CHECK_MATCHES,          /* a regular expression (POSIX, extended) finds something in the body */
    CHECK_ECHO,             /* the body is that of the request */
    CHECK_CONTAINS_REQUEST, /* the body contains that of the request */
    CHECK_JSON_SAME,        /* the value at `pointer` is that at `of_request` in the request */
    CHECK_FUNCTION,         /* the script's own */
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
};

struct check_list {
    const struct check *checks;
    unsigned n;
    unsigned n_functions, n_expressions;
};

/* Checks as they were written, before their call has memory. */
struct check_parts {
    struct check *checks;   /* without name; texts belong to whoever reads them */
    str *names;             /* p is NULL: it has none of its own */
    struct check_list list; /* the counts */
};

/* A copy that lives in the arena. NULL: there are none. */
const struct check_list *checks_keep(const struct check_parts *parts, struct names *names,
                                     struct arena *arena);

/* "==", "in", …; false with a sentence. */
bool check_op_read(str text, enum check_op *out, struct err *e);

/* Is the reply compared with what was sent? */
bool check_wants_request(const struct check *c);

/* Does a reply with this outcome pass? Not for CHECK_FUNCTION. `sent`: the body of the request,
 * where it is wanted. `expression` is that of a CHECK_MATCHES. `room`: memory for its use. */
bool check_passes(const struct check *c, const struct outcome *o, str sent,
                  const regex_t *expression, struct buf *room);

/* What a check without a name of its own is called: "status is 201", "/state == PAID". */
void check_describe(const struct check *c, struct buf *out);

#endif
