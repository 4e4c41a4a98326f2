/* Fixed fields around four numbers. What depends on the series alone is made once. */
#include "report/log_line.h"

#include <string.h>

#include "base/decimal.h"
#include "base/json_out.h"
#include "report/call_name.h"

struct log_start {
    const struct series *series; /* the bytes of this pointer are the key */
    str text;                    /* {"request_type":"GET","name":"/ping","result":" */
};

enum { ROOM = 5 * DECIMAL_ROOM + 160 }; /* for the numbers of a line and the keys around them */

static struct log_start *make_start(struct log_lines *l, const struct series *s)
{
    struct log_start *start = arena_alloc(&l->arena, sizeof *start);
    struct buf type = {0}, text = {0};
    call_type(s, &type);
    buf_str(&text, STR("{\"request_type\":"));
    json_out_quote(&text, buf_view(&type));
    buf_str(&text, STR(",\"name\":"));
    json_out_quote(&text, call_name(s));
    buf_str(&text, STR(",\"result\":\""));
    *start = (struct log_start){s, arena_dup(&l->arena, buf_view(&text))};
    map_put(&l->starts, (str){(const char *)&start->series, sizeof start->series}, start);
    buf_free(&type);
    buf_free(&text);
    return start;
}

static struct log_start *start_of(struct log_lines *l, const struct series *s)
{
    if (l->last && l->last->series == s)
        return l->last;
    struct log_start *start = map_get(&l->starts, (str){(const char *)&s, sizeof s});
    l->last = start ? start : make_start(l, s);
    return l->last;
}

static char *put(char *p, str s)
{
    memcpy(p, s.p, s.n);
    return p + s.n;
}

static char *put_times(char *p, const struct call_record *call, enum log_style style)
{
    p = put(p, call->fate == FATE_OK ? STR("OK") : STR("ERR"));
    p = put(p, STR("\",\"response_time\":"));
    if (style == LOG_LOCUST)
        return decimal_ms(p, call->response_ns);
    p = decimal_seconds(p, call->response_ns);
    p = put(p, STR(",\"service_time\":"));
    return call->service_ns ? decimal_seconds(p, call->service_ns) : put(p, STR("null"));
}

static char *put_end(char *p, const struct call_record *call, enum log_style style)
{
    if (style == LOG_WEIR) {
        p = put(p, STR(",\"due\":"));
        p = decimal_seconds(p, call->due_ns);
    }
    return put(p, STR(",\"other\":{}}\n"));
}

static void add_why(struct buf *text, const struct call_record *call)
{
    buf_str(text, STR(",\"exception\":"));
    json_out_quote(text, str_from(call->cause ? call->cause : fate_name(call->fate)));
}

void log_line_add(struct log_lines *l, const struct call_record *call)
{
    struct buf *text = &l->text;
    str start = start_of(l, call->series)->text;
    buf_reserve(text, start.n + ROOM);
    char *p = put(text->p + text->n, start);
    p = put_times(p, call, l->style);
    if (call->fate == FATE_OK) {
        p = put(p, STR(",\"response_length\":"));
        p = decimal_u64(p, call->length);
    } else {
        text->n = (size_t)(p - text->p);
        add_why(text, call);
        buf_reserve(text, ROOM);
        p = text->p + text->n;
    }
    p = put_end(p, call, l->style);
    text->n = (size_t)(p - text->p);
}

void log_lines_free(struct log_lines *l)
{
    buf_free(&l->text);
    map_free(&l->starts);
    arena_free(&l->arena);
    *l = (struct log_lines){0};
}
