/* Compiling fields to templates, and rendering them one behind the other into the room. */
#include "scenario/kafka_record.h"

#include <string.h>

#include "proto/kafka_id.h"

/* ---- compiling ---- */

static bool compile_field(struct program *p, const struct record_field *from,
                          struct field_template *to, struct err *e)
{
    to->kind = from->kind;
    if (from->kind != FIELD_TEXT && from->kind != FIELD_JSON)
        return true;
    return template_compile(from->text, from->kind == FIELD_JSON ? ESCAPE_JSON_STRING : ESCAPE_NONE,
                            &p->names, &p->arena, &to->text, e);
}

static bool compile_headers(struct program *p, const struct record_parts *parts,
                            struct record_template *t, struct err *e)
{
    t->open_headers = parts->open_headers;
    t->n_headers = parts->n_headers;
    t->headers = arena_alloc(&p->arena, parts->n_headers * sizeof *t->headers);
    for (size_t i = 0; i < parts->n_headers; i++) {
        t->headers[i].name = arena_dup(&p->arena, parts->headers[i].name);
        if (!compile_field(p, &parts->headers[i].value, &t->headers[i].value, e))
            return false;
    }
    return true;
}

bool record_compile(const struct record_parts *parts, struct program *p,
                    struct record_template *out, struct err *e)
{
    return compile_field(p, &parts->key, &out->key, e) &&
           compile_field(p, &parts->value, &out->value, e) &&
           compile_field(p, &parts->partition, &out->partition, e) &&
           compile_field(p, &parts->timestamp, &out->timestamp, e) &&
           compile_headers(p, parts, out, e);
}

bool field_is_constant(const struct field_template *f)
{
    return f->kind == FIELD_NULL || (f->kind != FIELD_OPEN && template_is_constant(&f->text));
}

/* ---- rendering ---- */

static str text_at(const struct buf *bytes, struct place p)
{
    return p.null ? (str){NULL, 0} : (str){bytes->n ? bytes->p + p.at : "", p.n};
}

/* `name`: the variable of a field that was left out. Such a one that is not there is null. */
static bool render_field(const struct field_template *f, const char *name,
                         struct template_scope *scope, struct buf *bytes, struct place *out,
                         struct err *e)
{
    *out = (struct place){.at = bytes->n, .null = f->kind == FIELD_NULL};
    if (f->kind == FIELD_OPEN) {
        enum variable_kind kind = scope->variable(scope, name, bytes, e);
        if (kind == VARIABLE_WRONG)
            return false; /* the sentence has the name */
        out->null = kind != VARIABLE_THERE;
    } else if (f->kind != FIELD_NULL && !template_render(&f->text, scope, bytes, e)) {
        return err_wrap(e, "%s", name);
    }
    out->n = bytes->n - out->at;
    return true;
}

/* A value that is nil is a mistake: a null has to be said. */
static bool has_value(const struct record_template *t, struct template_scope *scope, struct err *e)
{
    if (t->value.kind != FIELD_OPEN || scope->has(scope, "value"))
        return true;
    return err_set(e, ERR_USAGE, "it has no value; a null is said: value = weir.null");
}

static bool render_number(const struct field_template *f, const char *name,
                          struct template_scope *scope, struct buf *bytes, int64_t otherwise,
                          int64_t *out, struct err *e)
{
    struct place p;
    uint64_t v;
    if (!render_field(f, name, scope, bytes, &p, e))
        return false;
    str text = text_at(bytes, p);
    bytes->n = p.at; /* it is not part of the record's texts */
    *out = otherwise;
    if (p.null)
        return true;
    if (!str_u64(text, &v) || v > INT64_MAX)
        return err_set(e, ERR_USAGE, "%s is a whole number, not '" STR_FMT "'", name,
                       STR_ARG(text));
    *out = (int64_t)v;
    return true;
}

/* Headers while the bytes still move: views are made at the end. They lie in room->body. */
struct header_place {
    struct place name, value;
};

static struct header_place header_at(const struct call_room *room, size_t i)
{
    struct header_place h;
    memcpy(&h, room->body.p + i * sizeof h, sizeof h);
    return h;
}

struct header_writer {
    struct buf *bytes, *places;
};

static struct place add_text(struct buf *bytes, str text)
{
    struct place p = {.at = bytes->n, .n = text.n, .null = !text.p};
    buf_str(bytes, text);
    return p;
}

static void add_header(void *to, str name, str value)
{
    struct header_writer *w = to;
    struct header_place h = {add_text(w->bytes, name), add_text(w->bytes, value)};
    buf_add(w->places, &h, sizeof h);
}

static bool render_headers(const struct record_template *t, struct template_scope *scope,
                           struct call_room *room, struct err *e)
{
    struct header_writer w = {&room->bytes, &room->body};
    room->body.n = 0;
    for (size_t i = 0; i < t->n_headers; i++) {
        struct header_place h = {.name = add_text(&room->bytes, t->headers[i].name)};
        if (!render_field(&t->headers[i].value, "headers", scope, &room->bytes, &h.value, e))
            return false;
        buf_add(&room->body, &h, sizeof h);
    }
    return !t->open_headers || scope->headers(scope, add_header, &w, e);
}

bool record_render(const struct record_template *t, struct template_scope *scope,
                   struct call_room *room, struct record_places *out, struct err *e)
{
    struct buf *bytes = &room->bytes;
    bytes->n = room->ids.n = 0;
    if (!has_value(t, scope, e) ||
        !render_number(&t->partition, "partition", scope, bytes, -1, &out->partition, e) ||
        !render_number(&t->timestamp, "timestamp", scope, bytes, 0, &out->timestamp, e) ||
        !render_field(&t->key, "key", scope, bytes, &out->key, e) ||
        !render_field(&t->value, "value", scope, bytes, &out->value, e) ||
        !render_headers(t, scope, room, e))
        return false;
    if (out->partition > INT32_MAX)
        return err_set(e, ERR_USAGE, "there is no partition %lld", (long long)out->partition);
    return true;
}

/* ---- correlation ids ---- */

struct place record_add_id(struct buf *bytes, struct buf *ids)
{
    struct place p = {.at = bytes->n, .n = KAFKA_ID_BYTES};
    buf_reserve(bytes, KAFKA_ID_BYTES);
    memset(bytes->p + bytes->n, '-', KAFKA_ID_BYTES);
    bytes->n += KAFKA_ID_BYTES;
    buf_add(ids, &p.at, sizeof p.at);
    return p;
}

bool record_has_header(const struct call_room *room, str name)
{
    for (size_t i = room->body.n / sizeof(struct header_place); i-- > 0;) {
        struct header_place h = header_at(room, i);
        if (str_eq(text_at(&room->bytes, h.name), name))
            return h.value.n > 0;
    }
    return false;
}

void record_add_id_header(struct call_room *room, str name)
{
    struct header_place h = {.name = add_text(&room->bytes, name)};
    h.value = record_add_id(&room->bytes, &room->ids);
    buf_add(&room->body, &h, sizeof h);
}

/* ---- views ---- */

static void view_headers(struct call_room *room, struct kafka_record *r)
{
    r->n_headers = (unsigned)(room->body.n / sizeof(struct header_place));
    room->headers.n = 0;
    for (unsigned i = 0; i < r->n_headers; i++) {
        struct header_place h = header_at(room, i);
        struct kafka_header header = {text_at(&room->bytes, h.name),
                                      text_at(&room->bytes, h.value)};
        buf_add(&room->headers, &header, sizeof header);
    }
    r->headers = (const struct kafka_header *)(const void *)room->headers.p;
}

void record_view(struct call_room *room, const struct record_places *places,
                 struct kafka_record *out)
{
    *out = (struct kafka_record){
        .partition = (int32_t)places->partition,
        .timestamp = places->timestamp,
        .key = text_at(&room->bytes, places->key),
        .value = text_at(&room->bytes, places->value),
    };
    view_headers(room, out);
}

void record_sent(const struct call_definition *c, const void *request, struct sent_view *out)
{
    const struct kafka_record *r = request;
    (void)c;
    *out = (struct sent_view){.body = r->value,
                              .key = r->key,
                              .headers = r->headers,
                              .n_headers = r->n_headers,
                              .partition = r->partition};
}
