/* Comparing what came with what is wanted. A value of another kind than the wanted one differs; it
 * is neither smaller nor larger. Nothing holds in a body that should be JSON and is not. */
#include "scenario/checks.h"

#include <math.h>
#include <string.h>

#include "codec/json_read.h"
#include "codec/json_same.h"
#include "proto/http_parse.h"
#include "proto/kafka_reply.h"

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
static struct check_value text_of(str value, const struct check *c)
{
    struct check_value v = {.kind = value.p ? VALUE_TEXT : VALUE_NONE, .text = value};
    if (c->n_values && c->values[0].kind == VALUE_NUMBER && str_double(value, &v.number))
        v.kind = VALUE_NUMBER;
    return v;
}

/* The last one of that name. */
static struct check_value record_header(str head, const struct check *c)
{
    struct check_value there = {.kind = VALUE_NONE};
    str name, value;
    for (size_t i = 0; kafka_reply_header(head, i, &name, &value); i++)
        if (str_eq(name, c->text))
            there = value.p ? text_of(value, c) : (struct check_value){.kind = VALUE_NULL};
    return there;
}

static struct check_value http_header(str head, const struct check *c)
{
    str line;
    str_next(&head, '\n', &line);
    return text_of(http_header_find(head, c->text), c);
}

static bool header_passes(const struct check *c, const struct checked *reply)
{
    str head = reply->outcome->head;
    struct check_value there = reply->is_record ? record_header(head, c) : http_header(head, c);
    return holds(&there, c);
}

/* A key is null or there. */
static bool key_passes(const struct check *c, const struct checked *reply)
{
    str key = {NULL, 0};
    if (reply->is_record)
        kafka_reply_key(reply->outcome->head, &key);
    struct check_value there = text_of(key, c);
    if (!key.p && c->op != CHECK_EXISTS)
        there.kind = VALUE_NULL;
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

/* Null and empty are two things where there is a null. */
static bool same_text(const struct checked *reply, str wanted)
{
    str body = reply->outcome->body;
    return str_eq(body, wanted) && (!reply->is_record || !body.p == !wanted.p);
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
    if (c->kind == CHECK_WHEN)
        return check_wants_request(c->condition) || check_wants_request(c->then);
    return c->kind == CHECK_ECHO || c->kind == CHECK_CONTAINS_REQUEST || c->kind == CHECK_JSON_SAME;
}

bool check_passes(const struct check *c, const struct checked *reply, const regex_t *expression,
                  struct buf *room)
{
    const struct outcome *o = reply->outcome;
    switch (c->kind) {
    case CHECK_STATUS:
        return number_passes(c, reply->status);
    case CHECK_JSON:
        return json_passes(c, o->body, room);
    case CHECK_HEADER:
        return header_passes(c, reply);
    case CHECK_KEY:
        return key_passes(c, reply);
    case CHECK_SIZE:
        return number_passes(c, (double)o->length);
    case CHECK_CONTAINS:
        return contains(o->body, c->text);
    case CHECK_EQUALS:
        return same_text(reply, c->text);
    case CHECK_NOT_EMPTY:
        return o->length > 0;
    case CHECK_MATCHES:
        return matches(o->body, expression, room);
    case CHECK_ECHO:
        return same_text(reply, reply->sent);
    case CHECK_CONTAINS_REQUEST:
        return contains(o->body, reply->sent);
    case CHECK_JSON_SAME:
        return same_json(c, o->body, reply->sent);
    case CHECK_FUNCTION:
    case CHECK_WHEN:
        break;
    }
    return false;
}
