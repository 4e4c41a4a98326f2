/* What one call sends: the compiled texts with its values, and headers that are variables. */
#include "scenario/http_compiled.h"

#include <assert.h>
#include <string.h>

#include "base/list.h"

static_assert(sizeof(struct http_message) <= sizeof((struct call_room *)0)->message,
              "a room has space for a message");

/* A scope that knows the length of the body, for the last header, and asks the call's for the rest.
 */
struct head_scope {
    struct template_scope scope; /* first */
    struct template_scope *outer;
    size_t body_n;
};

static bool head_value(struct template_scope *scope, const struct template_part *part,
                       struct buf *out, struct err *e)
{
    struct head_scope *s = (struct head_scope *)scope;
    if (part->source != SOURCE_VARIABLE || part->name->number != OWN_CONTENT_LENGTH)
        return s->outer->value(s->outer, part, out, e);
    buf_printf(out, "%zu", s->body_n);
    return true;
}

/* ---- headers that are variables ---- */

struct header_writer {
    struct buf *out; /* a head with its blank line */
    struct err *e;
    bool wrong, closes;
};

/* Takes out what the head says under that name. */
static void remove_header(struct buf *head, str name)
{
    size_t at = 0;
    for (str rest = buf_view(head), line; str_cut(rest, '\n', &line, &rest); at += line.n + 1) {
        bool same =
            line.n > name.n && line.p[name.n] == ':' && str_eq_nocase((str){line.p, name.n}, name);
        if (!same)
            continue;
        memmove(head->p + at, head->p + at + line.n + 1, head->n - at - line.n - 1);
        head->n -= line.n + 1;
        return;
    }
}

static bool check_header(struct header_writer *w, str name, str value)
{
    if (str_eq_nocase(name, STR("Content-Length")) || str_eq_nocase(name, STR("Transfer-Encoding")))
        return err_set(w->e, ERR_USAGE,
                       STR_FMT " cannot be set: weir sends bodies with their Content-Length",
                       STR_ARG(name));
    return http_header_check(name, value, w->e);
}

/* In the place of one that is there; null only takes that one out. */
static void set_header(void *to, str name, str value)
{
    struct header_writer *w = to;
    w->wrong = w->wrong || !check_header(w, name, value);
    if (w->wrong)
        return;
    remove_header(w->out, name);
    if (!value.p)
        return;
    w->closes = w->closes || http_header_closes(name, value);
    w->out->n -= 2; /* the blank line comes behind it */
    buf_printf(w->out, STR_FMT ": " STR_FMT "\r\n\r\n", STR_ARG(name), STR_ARG(value));
}

static bool set_headers(struct template_scope *scope, struct call_room *room, bool *closes,
                        struct err *e)
{
    struct header_writer w = {.out = &room->bytes, .e = e};
    bool good = scope->headers(scope, set_header, &w, e) && !w.wrong;
    *closes = *closes || w.closes;
    return good;
}

/* ---- a request ---- */

static bool render_head(const struct http_call_definition *d, struct template_scope *scope,
                        struct call_room *room, struct err *e)
{
    struct head_scope s = {.scope = {.value = head_value}, .outer = scope, .body_n = room->body.n};
    room->bytes.n = 0;
    return template_render(&d->line[0], scope, &room->bytes, e) &&
           template_render(&d->line[1], scope, &room->bytes, e) &&
           template_render(&d->line[2], &s.scope, &room->bytes, e);
}

static bool render_body(const struct http_call_definition *d, struct template_scope *scope,
                        struct call_room *room, struct err *e)
{
    room->body.n = 0;
    if (d->open_body)
        return scope->variable(scope, "body", &room->body, e) != VARIABLE_WRONG;
    return template_render(&d->body, scope, &room->body, e);
}

/* Only headers that are variables would change a constant request. */
static bool is_as_written(const struct http_call_definition *d, struct template_scope *scope)
{
    return d->is_constant && !(d->open_headers && scope->has(scope, "headers"));
}

static bool render(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e)
{
    const struct http_call_definition *d = CONTAINER_OF(c, struct http_call_definition, call);
    struct http_message *m = (struct http_message *)room->message;
    if (is_as_written(d, scope)) {
        *request = &d->constant;
        return true;
    }
    bool closes = d->closes;
    if (!render_body(d, scope, room, e) || !render_head(d, scope, room, e) ||
        (d->open_headers && !set_headers(scope, room, &closes, e)))
        return false;
    size_t head_n = room->bytes.n;
    buf_str(&room->bytes, buf_view(&room->body));
    *m = (struct http_message){
        .definition = &d->definition,
        .prepared = {buf_view(&room->bytes), head_n, d->is_head, closes},
    };
    *request = m;
    return true;
}

static void view(const struct call_definition *c, const void *request, struct sent_view *out)
{
    const struct http_message *m = request;
    (void)c;
    out->head = (str){m->prepared.bytes.p, m->prepared.head_n};
    out->body = str_skip(m->prepared.bytes, m->prepared.head_n);
}

const struct call_kind http_kind = {.replies = REPLY_HTTP, .render = render, .view = view};
