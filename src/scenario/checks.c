/* Comparing what came with what is wanted. A value of another kind than the wanted one differs; it
 * is neither smaller nor larger. Nothing holds in a body that should be JSON and is not. */
#include "scenario/checks.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "codec/json_read.h"
#include "codec/json_same.h"
#include "proto/http_parse.h"

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

/* ---- what there is ---- */

/* -1, 0, 1; 2: they cannot be compared. */
static int compare_numbers(double a, double b)
{
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2;
}

static int compare_texts(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? (order < 0 ? -1 : 1) : (a.n > b.n) - (a.n < b.n);
}

static int compare(const struct check_value *there, const struct check_value *wanted)
{
    if (there->kind != wanted->kind)
        return 2;
    if (there->kind == VALUE_NUMBER)
        return compare_numbers(there->number, wanted->number);
    return there->kind == VALUE_TEXT ? compare_texts(there->text, wanted->text) : 0;
}

static bool is_any_of(const struct check_value *there, const struct check *c)
{
    for (unsigned i = 0; i < c->n_values; i++)
        if (compare(there, &c->values[i]) == 0)
            return true;
    return false;
}

static bool holds(const struct check_value *there, const struct check *c)
{
    if (c->op == CHECK_EXISTS)
        return there->kind != VALUE_NONE;
    if (c->op == CHECK_IN)
        return is_any_of(there, c);
    int order = compare(there, &c->values[0]);
    switch (c->op) {
    case CHECK_EQ:
        return order == 0;
    case CHECK_NE:
        return order != 0;
    case CHECK_LT:
        return order == -1;
    case CHECK_LE:
        return order == -1 || order == 0;
    case CHECK_GT:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

/* ---- kinds ---- */

static struct check_value json_of(const struct json_value *v, struct buf *room)
{
    switch (v->kind) {
    case JSON_IS_STRING:
        return (struct check_value){.kind = VALUE_TEXT, .text = json_text(v->raw, room)};
    case JSON_IS_NUMBER:
        return (struct check_value){.kind = VALUE_NUMBER, .number = json_number(v->raw)};
    case JSON_IS_TRUE:
        return (struct check_value){.kind = VALUE_TRUE};
    case JSON_IS_FALSE:
        return (struct check_value){.kind = VALUE_FALSE};
    case JSON_IS_NULL:
        return (struct check_value){.kind = VALUE_NULL};
    case JSON_IS_ARRAY:
    case JSON_IS_OBJECT: /* there, and equal to nothing */
        return (struct check_value){.kind = VALUE_NUMBER, .number = (double)NAN};
    default:
        return (struct check_value){.kind = VALUE_NONE};
    }
}

static bool json_passes(const struct check *c, str body, struct buf *room)
{
    struct json_value v;
    json_find(body, &c->pointer, &v);
    if (v.kind == JSON_IS_BROKEN)
        return false;
    if (c->op == CHECK_COUNT) {
        bool counts = v.kind == JSON_IS_ARRAY || v.kind == JSON_IS_OBJECT;
        return counts && (double)json_count(v.raw) == c->values[0].number;
    }
    struct check_value there = json_of(&v, room);
    return holds(&there, c);
}

/* As a number where it is compared with one. */
static struct check_value header_of(str value, const struct check *c)
{
    struct check_value v = {.kind = value.p ? VALUE_TEXT : VALUE_NONE, .text = value};
    if (c->n_values && c->values[0].kind == VALUE_NUMBER && str_double(value, &v.number))
        v.kind = VALUE_NUMBER;
    return v;
}

static bool header_passes(const struct check *c, str head)
{
    str line;
    str_next(&head, '\n', &line);
    struct check_value there = header_of(http_header_find(head, c->text), c);
    return holds(&there, c);
}

/* A copy, for POSIX asks for a zero behind the text; there may be others in it. */
static bool matches(str body, const regex_t *expression, struct buf *room)
{
    regmatch_t place = {.rm_so = 0, .rm_eo = (regoff_t)body.n};
    room->n = 0;
    buf_str(room, body);
    buf_char(room, '\0');
    return regexec(expression, room->p, 1, &place, REG_STARTEND) == 0;
}

static bool number_passes(const struct check *c, double v)
{
    struct check_value there = {.kind = VALUE_NUMBER, .number = v};
    return holds(&there, c);
}

static bool contains(str body, str text)
{
    return text.n == 0 || (body.n && memmem(body.p, body.n, text.p, text.n) != NULL);
}

static bool same_json(const struct check *c, str body, str sent)
{
    struct json_value there, wanted;
    return json_find(body, &c->pointer, &there) && json_find(sent, &c->of_request, &wanted) &&
           json_same(there.raw, wanted.raw);
}

bool check_wants_request(const struct check *c)
{
    return c->kind == CHECK_ECHO || c->kind == CHECK_CONTAINS_REQUEST || c->kind == CHECK_JSON_SAME;
}

bool check_passes(const struct check *c, const struct outcome *o, str sent,
                  const regex_t *expression, struct buf *room)
{
    switch (c->kind) {
    case CHECK_STATUS:
        return number_passes(c, o->status);
    case CHECK_JSON:
        return json_passes(c, o->body, room);
    case CHECK_HEADER:
        return header_passes(c, o->head);
    case CHECK_SIZE:
        return number_passes(c, (double)o->length);
    case CHECK_CONTAINS:
        return contains(o->body, c->text);
    case CHECK_EQUALS:
        return str_eq(o->body, c->text);
    case CHECK_NOT_EMPTY:
        return o->length > 0;
    case CHECK_MATCHES:
        return matches(o->body, expression, room);
    case CHECK_ECHO:
        return str_eq(o->body, sent);
    case CHECK_CONTAINS_REQUEST:
        return contains(o->body, sent);
    case CHECK_JSON_SAME:
        return same_json(c, o->body, sent);
    case CHECK_FUNCTION:
        break;
    }
    return false;
}

/* ---- in words ---- */

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
        [CHECK_ECHO] = "is the request's body",
        [CHECK_CONTAINS_REQUEST] = "contains the request's body",
    };
    if (c->kind == CHECK_JSON || c->kind == CHECK_JSON_SAME)
        describe_pointer(&c->pointer, "body", out);
    else
        buf_str(out, str_from(words[c->kind]));
}

void check_describe(const struct check *c, struct buf *out)
{
    describe_kind(c, out);
    if (c->kind == CHECK_FUNCTION)
        buf_printf(out, " %u", c->number + 1);
    if (c->text.p)
        buf_printf(out, " " STR_FMT, STR_ARG(c->text));
    if (c->kind == CHECK_JSON || c->kind == CHECK_HEADER || c->kind == CHECK_SIZE ||
        c->kind == CHECK_STATUS)
        describe_comparison(c, out);
    if (c->kind == CHECK_JSON_SAME) {
        buf_str(out, STR(" is the request's "));
        describe_pointer(&c->of_request, "body", out);
    }
}

/* ---- keeping ---- */

static const struct check_value *keep_values(const struct check *c, struct arena *arena)
{
    struct check_value *values = arena_alloc(arena, c->n_values * sizeof *values);
    for (unsigned i = 0; i < c->n_values; i++) {
        values[i] = c->values[i];
        values[i].text = arena_dup(arena, c->values[i].text);
    }
    return values;
}

static struct json_pointer keep_pointer(const struct json_pointer *p, struct arena *arena)
{
    struct json_pointer kept = {.n = 0};
    struct err none;
    if (p->text.p)
        json_pointer_parse(p->text, arena, &kept, &none); /* it was read once already */
    return kept;
}

static const struct name *keep_name(const struct check *c, str own, struct names *names)
{
    struct buf text = {0};
    if (own.p)
        buf_str(&text, own);
    else
        check_describe(c, &text);
    const struct name *name = names_add(names, buf_view(&text));
    buf_free(&text);
    return name;
}

const struct check_list *checks_keep(const struct check_parts *parts, struct names *names,
                                     struct arena *arena)
{
    if (parts->list.n == 0)
        return NULL;
    struct check_list *list = arena_alloc(arena, sizeof *list);
    struct check *checks = arena_alloc(arena, parts->list.n * sizeof *checks);
    *list = parts->list;
    list->checks = checks;
    for (unsigned i = 0; i < list->n; i++) {
        const struct check *c = &parts->checks[i];
        checks[i] = *c;
        checks[i].name = keep_name(c, parts->names[i], names);
        checks[i].values = keep_values(c, arena);
        checks[i].pointer = keep_pointer(&c->pointer, arena);
        checks[i].of_request = keep_pointer(&c->of_request, arena);
        if (c->text.p)
            checks[i].text = arena_dup(arena, c->text);
    }
    return list;
}
