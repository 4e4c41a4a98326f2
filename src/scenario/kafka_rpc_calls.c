/* An id has to be in each request where its reply's is expected: what cannot work is refused when
 * the file is read, and what the script leaves out is put in. */
#include "scenario/kafka_rpc_calls.h"

#include <assert.h>
#include <string.h>

#include "base/list.h"
#include "proto/kafka_correlate.h"

struct kafka_rpc_definition {
    struct call_definition call; /* first */
    struct kafka_rpc_call rpc;
    unsigned topic; /* of the client's requests */
    struct record_template record;
    enum kafka_correlate_kind kind; /* where ids of requests stand … */
    str header;                     /* … and in which */
};

static_assert(sizeof(struct kafka_rpc_request) <= sizeof((struct call_room *)0)->message,
              "a room has space for a request");

/* ---- rendering ---- */

/* An id of weir's own, unless the script has put one there. */
static void complete_id(const struct kafka_rpc_definition *d, struct call_room *room,
                        struct record_places *places)
{
    if (d->kind == KAFKA_CORRELATE_HEADER && !record_has_header(room, d->header))
        record_add_id_header(room, d->header);
    if (d->kind == KAFKA_CORRELATE_KEY && places->key.n == 0)
        places->key = record_add_id(&room->bytes, &room->ids);
}

/* From places to pointers, in the same memory. */
static char *const *view_ids(struct call_room *room)
{
    static_assert(sizeof(size_t) == sizeof(char *), "a place and a pointer are of one size");
    for (size_t at = 0; at < room->ids.n; at += sizeof(size_t)) {
        size_t place;
        memcpy(&place, room->ids.p + at, sizeof place);
        char *id = room->bytes.p + place;
        memcpy(room->ids.p + at, &id, sizeof id);
    }
    return (char *const *)(void *)room->ids.p;
}

static bool render(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e)
{
    const struct kafka_rpc_definition *d = CONTAINER_OF(c, struct kafka_rpc_definition, call);
    struct kafka_rpc_request *r = (struct kafka_rpc_request *)(void *)room->message;
    struct record_places places;
    scope->ids = &room->ids;
    if (!record_render(&d->record, scope, room, &places, e))
        return false;
    complete_id(d, room, &places);
    record_view(room, &places, &r->record);
    r->record.topic = d->topic;
    r->call = &d->rpc;
    r->n_ids = (unsigned)(room->ids.n / sizeof(size_t));
    r->ids = view_ids(room);
    *request = r;
    return true;
}

static const struct call_kind kafka_rpc_kind = {
    .replies = REPLY_RECORD,
    .acknowledged = true,
    .render = render,
    .view = record_sent,
};

/* ---- what cannot work ---- */

bool kafka_correlate_check(str text, struct err *e)
{
    struct arena arena = {0};
    struct kafka_correlate c;
    bool good = kafka_correlate_parse(text, &arena, &c, e);
    if (good)
        kafka_correlate_free(&c);
    arena_free(&arena);
    return good;
}

/* What compiling needs at hand; the lock is held. */
struct compiler {
    struct program *program;
    struct kafka_client_definition *client;
    const struct kafka_rpc_parts *parts;
    struct kafka_rpc_definition *out;
    struct err *e;
};

static const struct field_template *header_of(const struct kafka_rpc_definition *d)
{
    for (size_t i = d->record.n_headers; i-- > 0;)
        if (str_eq(d->record.headers[i].name, d->header))
            return &d->record.headers[i].value;
    return NULL;
}

/* The same id in each request: no reply could be told from another. */
static bool refuse_constant(struct compiler *c)
{
    const struct kafka_rpc_definition *d = c->out;
    const struct field_template *header = header_of(d);
    str where = c->parts->correlate.request;
    switch (d->kind) {
    case KAFKA_CORRELATE_KEY:
        if (!field_is_constant(&d->record.key))
            return true;
        return err_set(c->e, ERR_USAGE,
                       "correlate = \"key\" cannot work with the same key for all requests: their "
                       "replies could not be told apart; leave the key out, write "
                       "${correlation_id} into it, or correlate by a header");
    case KAFKA_CORRELATE_HEADER:
        if (!header || !field_is_constant(header))
            return true;
        return err_set(c->e, ERR_USAGE,
                       "the header '" STR_FMT "' is the same in all requests: their replies could "
                       "not be told apart; leave it out, weir puts an id there",
                       STR_ARG(d->header));
    default:
        if (!field_is_constant(&d->record.value))
            return true;
        return err_set(c->e, ERR_USAGE,
                       "correlate = \"" STR_FMT "\" looks for the id in the value, and the value "
                       "is the same for all requests: write ${correlation_id} where it belongs",
                       STR_ARG(where));
    }
}

static bool settle_correlate(struct compiler *c)
{
    struct arena arena = {0};
    struct kafka_correlate read;
    bool good = kafka_correlate_parse(c->parts->correlate.request, &arena, &read, c->e);
    if (good) {
        c->out->kind = read.kind;
        if (read.kind == KAFKA_CORRELATE_HEADER)
            c->out->header = arena_dup(&c->program->arena, str_from(read.header));
        kafka_correlate_free(&read);
    }
    arena_free(&arena);
    return good && kafka_correlate_check(c->parts->correlate.reply, c->e) && refuse_constant(c);
}

/* ---- what the client is opened with ---- */

/* Workers' clients are opened before the load begins. */
static bool refuse_late(struct compiler *c, const char *what, str which)
{
    return err_set(c->e, ERR_USAGE,
                   "%s '" STR_FMT
                   "' is new: a request with it must be prepared at the top level of "
                   "the file",
                   what, STR_ARG(which));
}

/* One topic, one place of ids: replies come to it without saying to which call they belong. */
static bool find_reply(struct compiler *c, unsigned *number)
{
    struct kafka_rpc_config *config = &c->client->rpc_config;
    struct arena *arena = &c->program->arena;
    str topic = c->parts->reply, correlate = c->parts->correlate.reply;
    for (*number = 0; *number < config->n_replies; ++*number) {
        const struct kafka_rpc_replies *r = &config->replies[*number];
        if (!str_eq(topic, str_from(r->topic)))
            continue;
        if (str_eq(correlate, r->correlate))
            return true;
        return err_set(c->e, ERR_USAGE,
                       "replies on '%s' have their ids in one place for all calls of a client, and "
                       "these are two: '" STR_FMT "' and '" STR_FMT "'",
                       r->topic, STR_ARG(r->correlate), STR_ARG(correlate));
    }
    if (c->program->sealed)
        return refuse_late(c, "the topic of replies", topic);
    struct kafka_rpc_replies *more = arena_alloc(arena, (*number + 1) * sizeof *more);
    if (*number)
        memcpy(more, config->replies, *number * sizeof *more);
    more[config->n_replies++] =
        (struct kafka_rpc_replies){arena_z(arena, topic), arena_dup(arena, correlate)};
    config->replies = more;
    return true;
}

static bool find_correlate(struct compiler *c, unsigned *number)
{
    struct kafka_rpc_config *config = &c->client->rpc_config;
    struct arena *arena = &c->program->arena;
    str text = c->parts->correlate.request;
    for (*number = 0; *number < config->n_correlates; ++*number)
        if (str_eq(text, config->correlates[*number]))
            return true;
    if (c->program->sealed)
        return refuse_late(c, "the place of ids", text);
    str *more = arena_alloc(arena, (*number + 1) * sizeof *more);
    if (*number)
        memcpy(more, config->correlates, *number * sizeof *more);
    more[config->n_correlates++] = arena_dup(arena, text);
    config->correlates = more;
    return true;
}

/* The first request of a client: from now on the plan has one for them. */
static bool need_client(struct compiler *c)
{
    struct kafka_client_definition *d = c->client;
    if (d->rpc.instances)
        return true;
    if (c->program->sealed)
        return err_set(c->e, ERR_USAGE,
                       "the client's first request must be prepared at the top level of the file");
    if (kafka_is_transacting(&d->config))
        return err_set(c->e, ERR_USAGE,
                       "kafka:rpc waits for replies to requests that nobody can read before their "
                       "transaction ends; make another weir.kafka, without 'transaction', for it");
    d->rpc.timeout_ns = d->client.timeout_ns;
    d->rpc.spec = (struct client_spec){.protocol = &kafka_rpc_protocol, .config = &d->rpc_config};
    d->rpc_config.producer.brokers = d->config.brokers;
    d->rpc_config.producer.conf = &d->properties;
    d->rpc_config.producer.partition = -1;
    d->rpc_config.reply_partition = -1;
    d->rpc_config.producer.metrics_ns = d->config.metrics_ns;
    d->rpc_config.consumer_conf = &d->consumer_properties;
    program_client_add(c->program, &d->rpc, d->pairs);
    return true;
}

/* ---- the definition ---- */

static bool compile(struct compiler *c)
{
    struct kafka_rpc_definition *d = c->out;
    struct kafka_producer_config *producer = &c->client->rpc_config.producer;
    d->rpc.by_timestamp = c->parts->by_timestamp;
    return record_compile(&c->parts->record, c->program, &d->record, c->e) && settle_correlate(c) &&
           need_client(c) &&
           kafka_topic_find(c->program, producer, c->parts->request, "a request", &d->topic,
                            c->e) &&
           find_reply(c, &d->rpc.reply) && find_correlate(c, &d->rpc.correlate);
}

static const struct series *store_series(struct program *p, const struct call_definition *call)
{
    struct series *s = arena_alloc(&p->arena, sizeof *s);
    *s = (struct series){
        .name = arena_printf(&p->arena, STR_FMT " store", STR_ARG(call->name)),
        .tags = call->tags,
        .n_tags = call->n_tags,
        .part = true,
    };
    return s;
}

static struct call_definition *define(void *compiler)
{
    struct compiler *c = compiler;
    const struct kafka_rpc_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    struct kafka_rpc_definition *d = c->out = arena_alloc(arena, sizeof *d);
    if (!compile(c))
        return NULL;
    const struct kafka_rpc_config *config = &c->client->rpc_config;
    kafka_partition_note(c->program, &c->client->rpc_config.producer, &p->record.partition);
    kafka_timeout_note(c->program, &c->client->rpc_config.producer, d->topic, p->timeout_ns);
    const struct tag tags[] = {{STR("protocol"), STR("kafka")},
                               {STR("topic"), str_from(config->producer.topics[d->topic])},
                               {STR("reply"), str_from(config->replies[d->rpc.reply].topic)},
                               {STR("type"), STR("RPC")}};
    enum { N_TAGS = sizeof tags / sizeof *tags };
    d->call = (struct call_definition){
        .kind = &kafka_rpc_kind,
        .client = &c->client->rpc,
        .name = arena_dup(arena, p->name.n ? p->name : p->request),
        .tags = program_tags(c->program, tags, N_TAGS, &p->tags),
        .n_tags = (unsigned)p->tags.n + N_TAGS,
        .timeout_ns = p->timeout_ns,
        .checks = checks_keep(&p->checks, &c->program->names, arena),
    };
    if (c->client->measure_store)
        d->rpc.store = store_series(c->program, &d->call);
    return &d->call;
}

struct call_definition *kafka_rpc_define(struct program *p, struct kafka_client_definition *client,
                                         const struct kafka_rpc_parts *parts, struct err *e)
{
    struct compiler c = {.program = p, .client = client, .parts = parts, .e = e};
    return program_define(p, parts->key_text, define, &c, e);
}
