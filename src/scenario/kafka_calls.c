/* Compiling fields to templates, and rendering them one behind the other into the room. */
#include "scenario/kafka_calls.h"

#include <assert.h>
#include <string.h>

#include "base/list.h"

/* A field, compiled. */
struct field {
    enum record_field_kind kind;
    struct template text;
};

struct header_field {
    str name;
    struct field value;
};

struct kafka_call_definition {
    struct call_definition call; /* first */
    unsigned topic;              /* of the client's */
    struct field key, value, partition, timestamp;
    struct header_field *headers;
    size_t n_headers;
    bool open_headers;
};

static_assert(sizeof(struct kafka_record) <= sizeof((struct call_room *)0)->message,
              "a room has space for a record");

/* ---- rendering ---- */

/* Where a rendered text lies: the bytes may move while others are added. */
struct place {
    size_t at, n;
    bool null;
};

static str text_at(const struct buf *bytes, struct place p)
{
    return p.null ? (str){NULL, 0} : (str){bytes->n ? bytes->p + p.at : "", p.n};
}

/* `name`: the variable of a field that was left out. Such a one that is not there is null. */
static bool render_field(const struct field *f, const char *name, struct template_scope *scope,
                         struct buf *bytes, struct place *out, struct err *e)
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
static bool has_value(const struct kafka_call_definition *d, struct template_scope *scope,
                      struct err *e)
{
    if (d->value.kind != FIELD_OPEN || scope->has(scope, "value"))
        return true;
    return err_set(e, ERR_USAGE, "it has no value; a null is said: value = weir.null");
}

static bool render_number(const struct field *f, const char *name, struct template_scope *scope,
                          struct buf *bytes, int64_t otherwise, int64_t *out, struct err *e)
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

/* Headers while the bytes still move: views are made at the end. */
struct header_place {
    struct place name, value;
};

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

static bool render_headers(const struct kafka_call_definition *d, struct template_scope *scope,
                           struct call_room *room, struct err *e)
{
    struct header_writer w = {&room->bytes, &room->body};
    room->body.n = 0;
    for (size_t i = 0; i < d->n_headers; i++) {
        struct header_place h = {.name = add_text(&room->bytes, d->headers[i].name)};
        if (!render_field(&d->headers[i].value, "headers", scope, &room->bytes, &h.value, e))
            return false;
        buf_add(&room->body, &h, sizeof h);
    }
    return !d->open_headers || scope->headers(scope, add_header, &w, e);
}

/* From places to views, now that nothing moves any more. */
static void view_headers(struct call_room *room, struct kafka_record *r)
{
    r->n_headers = (unsigned)(room->body.n / sizeof(struct header_place));
    room->headers.n = 0;
    for (unsigned i = 0; i < r->n_headers; i++) {
        struct header_place h;
        memcpy(&h, room->body.p + i * sizeof h, sizeof h);
        struct kafka_header header = {text_at(&room->bytes, h.name),
                                      text_at(&room->bytes, h.value)};
        buf_add(&room->headers, &header, sizeof header);
    }
    r->headers = (const struct kafka_header *)(const void *)room->headers.p;
}

static bool render(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e)
{
    const struct kafka_call_definition *d = CONTAINER_OF(c, struct kafka_call_definition, call);
    struct kafka_record *r = (struct kafka_record *)(void *)room->message;
    struct buf *bytes = &room->bytes;
    struct place key, value;
    int64_t partition, timestamp;
    bytes->n = 0;
    if (!has_value(d, scope, e) ||
        !render_number(&d->partition, "partition", scope, bytes, -1, &partition, e) ||
        !render_number(&d->timestamp, "timestamp", scope, bytes, 0, &timestamp, e) ||
        !render_field(&d->key, "key", scope, bytes, &key, e) ||
        !render_field(&d->value, "value", scope, bytes, &value, e) ||
        !render_headers(d, scope, room, e))
        return false;
    if (partition > INT32_MAX)
        return err_set(e, ERR_USAGE, "there is no partition %lld", (long long)partition);
    *r = (struct kafka_record){
        .topic = d->topic,
        .partition = (int32_t)partition,
        .timestamp = timestamp,
        .key = text_at(bytes, key),
        .value = text_at(bytes, value),
    };
    view_headers(room, r);
    *request = r;
    return true;
}

static void view(const struct call_definition *c, const void *request, struct sent_view *out)
{
    const struct kafka_record *r = request;
    (void)c;
    *out = (struct sent_view){.body = r->value,
                              .key = r->key,
                              .headers = r->headers,
                              .n_headers = r->n_headers,
                              .partition = r->partition};
}

static const struct call_kind kafka_kind = {.render = render, .view = view};

/* ---- compiling ---- */

/* What compiling needs at hand; the lock is held. */
struct compiler {
    struct program *program;
    struct kafka_client_definition *client;
    const struct kafka_send_parts *parts;
    struct err *e;
};

static bool compile_field(struct compiler *c, const struct record_field *from, struct field *to)
{
    to->kind = from->kind;
    if (from->kind != FIELD_TEXT && from->kind != FIELD_JSON)
        return true;
    return template_compile(from->text, from->kind == FIELD_JSON ? ESCAPE_JSON_STRING : ESCAPE_NONE,
                            &c->program->names, &c->program->arena, &to->text, c->e);
}

static bool compile_headers(struct compiler *c, struct kafka_call_definition *d)
{
    const struct kafka_send_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    d->open_headers = p->open_headers;
    d->n_headers = p->n_headers;
    d->headers = arena_alloc(arena, p->n_headers * sizeof *d->headers);
    for (size_t i = 0; i < p->n_headers; i++) {
        d->headers[i].name = arena_dup(arena, p->headers[i].name);
        if (!compile_field(c, &p->headers[i].value, &d->headers[i].value))
            return false;
    }
    return true;
}

/* Each topic has to be there before the load begins: so it is known when the file is read. */
static bool find_topic(struct compiler *c, unsigned *topic)
{
    struct kafka_producer_config *config = &c->client->config;
    struct arena *arena = &c->program->arena;
    for (*topic = 0; *topic < config->n_topics; ++*topic)
        if (str_eq(c->parts->topic, str_from(config->topics[*topic])))
            return true;
    if (c->program->sealed)
        return err_set(c->e, ERR_USAGE,
                       "topic '" STR_FMT
                       "' is new: a send to it must be made at the top level of the "
                       "file",
                       STR_ARG(c->parts->topic));
    const char **more = arena_alloc(arena, (config->n_topics + 1) * sizeof *more);
    if (config->n_topics)
        memcpy(more, config->topics, config->n_topics * sizeof *more);
    more[config->n_topics++] = arena_z(arena, c->parts->topic);
    config->topics = more;
    return true;
}

/* The client looks whether the highest partition that is written down is there. */
static void note_partition(struct compiler *c)
{
    uint64_t partition;
    if (!c->program->sealed && c->parts->partition.kind == FIELD_TEXT &&
        str_u64(c->parts->partition.text, &partition) && partition <= INT32_MAX &&
        (int32_t)partition > c->client->config.partition)
        c->client->config.partition = (int32_t)partition;
}

static struct call_definition *define(void *compiler)
{
    struct compiler *c = compiler;
    const struct kafka_send_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    struct kafka_call_definition *d = arena_alloc(arena, sizeof *d);
    if (!compile_field(c, &p->key, &d->key) || !compile_field(c, &p->value, &d->value) ||
        !compile_field(c, &p->partition, &d->partition) ||
        !compile_field(c, &p->timestamp, &d->timestamp) || !compile_headers(c, d) ||
        !find_topic(c, &d->topic))
        return NULL;
    note_partition(c);
    const struct tag tags[] = {{STR("protocol"), STR("kafka")},
                               {STR("topic"), str_from(c->client->config.topics[d->topic])},
                               {STR("type"), STR("ENQUEUE")}};
    d->call = (struct call_definition){
        .kind = &kafka_kind,
        .client = &c->client->client,
        .name = arena_dup(arena, p->name.n ? p->name : p->topic),
        .tags = program_tags(c->program, tags, 3, &p->tags),
        .n_tags = (unsigned)p->tags.n + 3,
        .timeout_ns = p->timeout_ns,
        .detached = p->detached,
        .checks = checks_keep(&p->checks, &c->program->names, arena),
    };
    return &d->call;
}

struct call_definition *kafka_send_define(struct program *p, struct kafka_client_definition *client,
                                          const struct kafka_send_parts *parts, struct err *e)
{
    struct compiler c = {.program = p, .client = client, .parts = parts, .e = e};
    return program_define(p, parts->key_text, define, &c, e);
}
