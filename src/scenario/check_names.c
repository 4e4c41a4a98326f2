/* The one list of operators, read by name and written by name, and what a check is called. */
#include "scenario/check_names.h"

#include "base/decimal.h"

static const struct {
    const char *text;
    enum check_op op;
} ops[] = {
    {"==", CHECK_EQ}, {"~=", CHECK_NE},         {"<", CHECK_LT},
    {"<=", CHECK_LE}, {">", CHECK_GT},          {">=", CHECK_GE},
    {"in", CHECK_IN}, {"exists", CHECK_EXISTS}, {"count", CHECK_COUNT},
};

bool check_op_read(str text, enum check_op *out, struct err *e)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (str_eq(text, str_from(ops[i].text))) {
            *out = ops[i].op;
            return true;
        }
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is no comparison; there are == ~= < <= > >= in exists count",
                   STR_ARG(text));
}

static void describe_value(const struct check_value *v, struct buf *out)
{
    static const char *const words[] = {
        [VALUE_TRUE] = "true", [VALUE_FALSE] = "false", [VALUE_NULL] = "null"};
    if (v->kind == VALUE_TEXT)
        buf_str(out, v->text);
    else if (v->kind == VALUE_NUMBER)
        decimal_add(out, v->number);
    else if (v->kind != VALUE_NONE)
        buf_str(out, str_from(words[v->kind]));
}

static void describe_comparison(const struct check *c, struct buf *out)
{
    const char *op = c->kind == CHECK_STATUS ? "is" : ops[c->op].text;
    buf_printf(out, " %s", op);
    for (unsigned i = 0; i < c->n_values; i++) {
        buf_str(out, i ? STR(", ") : STR(" "));
        describe_value(&c->values[i], out);
    }
}

static void describe_pointer(const struct json_pointer *p, const char *whole, struct buf *out)
{
    buf_str(out, p->text.n ? p->text : str_from(whole));
}

static void describe_kind(const struct check *c, struct buf *out)
{
    static const char *const words[] = {
        [CHECK_STATUS] = "status",
        [CHECK_SIZE] = "size",
        [CHECK_CONTAINS] = "contains",
        [CHECK_EQUALS] = "equals",
        [CHECK_NOT_EMPTY] = "not empty",
        [CHECK_MATCHES] = "matches",
        [CHECK_FUNCTION] = "check",
        [CHECK_HEADER] = "header",
        [CHECK_KEY] = "key",
        [CHECK_ECHO] = "is the request's body",
        [CHECK_CONTAINS_REQUEST] = "contains the request's body",
    };
    if (c->kind == CHECK_JSON || c->kind == CHECK_JSON_SAME)
        describe_pointer(&c->pointer, "body", out);
    else
        buf_str(out, str_from(words[c->kind]));
}

static void describe_plain(const struct check *c, struct buf *out)
{
    describe_kind(c, out);
    if (c->kind == CHECK_FUNCTION)
        buf_printf(out, " %u", c->number + 1);
    if (c->text.p)
        buf_printf(out, " " STR_FMT, STR_ARG(c->text));
    else if (c->kind == CHECK_EQUALS)
        buf_str(out, STR(" null"));
    if (c->kind == CHECK_JSON || c->kind == CHECK_HEADER || c->kind == CHECK_KEY ||
        c->kind == CHECK_SIZE || c->kind == CHECK_STATUS)
        describe_comparison(c, out);
    if (c->kind == CHECK_JSON_SAME) {
        buf_str(out, STR(" is the request's "));
        describe_pointer(&c->of_request, "body", out);
    }
}

void check_describe(const struct check *c, struct buf *out)
{
    for (; c->kind == CHECK_WHEN; c = c->then) {
        buf_str(out, STR("when "));
        describe_plain(c->condition, out);
        buf_str(out, STR(": "));
    }
    describe_plain(c, out);
}
