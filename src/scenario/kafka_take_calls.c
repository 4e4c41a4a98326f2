/* What is read is settled when the file is: calls then say no more than an id. */
#include "scenario/kafka_take_calls.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "scenario/kafka_rpc_calls.h"

struct kafka_take_definition {
    struct call_definition call; /* first */
    unsigned topic;              /* of the client's */
};

static_assert(sizeof(struct kafka_take_request) <= sizeof((struct call_room *)0)->message,
              "a room has space for a request");

static bool render(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e)
{
    const struct kafka_take_definition *d = CONTAINER_OF(c, struct kafka_take_definition, call);
    struct kafka_take_request *q = (struct kafka_take_request *)(void *)room->message;
    room->bytes.n = 0;
    *q = (struct kafka_take_request){.topic = d->topic};
    *request = q;
    switch (scope->variable(scope, "id", &room->bytes, e)) {
    case VARIABLE_WRONG:
        return false;
    case VARIABLE_ABSENT:
        return true;
    default:
        q->id = buf_view(&room->bytes);
        return q->id.n > 0 ||
               err_set(e, ERR_USAGE, "the id is empty; left out, any record will do");
    }
}

static void view(const struct call_definition *c, const void *request, struct sent_view *out)
{
    (void)c, (void)request;
    *out = (struct sent_view){.partition = -1};
}

static const struct call_kind kafka_take_kind = {
    .replies = REPLY_RECORD, .awaits = true, .render = render, .view = view};

/* ---- what the client is opened with ---- */

/* What compiling needs at hand; the lock is held. */
struct compiler {
    struct program *program;
    struct kafka_client_definition *client;
    const struct kafka_take_parts *parts;
    struct err *e;
};

static bool need_client(struct compiler *c)
{
    struct kafka_client_definition *d = c->client;
    struct kafka_take_config *config = &d->take_config;
    if (d->take.instances)
        return str_eq(d->take_from, c->parts->from) ||
               err_set(c->e, ERR_USAGE,
                       "a client reads all its topics from one place, and these are two: '" STR_FMT
                       "' and '" STR_FMT "'; another weir.kafka may have its own",
                       STR_ARG(d->take_from), STR_ARG(c->parts->from));
    if (c->program->sealed)
        return err_set(
            c->e, ERR_USAGE,
            "the client's first kafka:consume must be prepared at the top level of the file");
    if (d->rpc_config.group)
        return err_set(c->e, ERR_USAGE,
                       "kafka:consume reads all partitions, in no group: the client says group = "
                       "'%s'; make another weir.kafka for it",
                       d->rpc_config.group);
    if (!kafka_from_read(c->parts->from, (int64_t)(clock_wall_ns() / NS_PER_MS), &config->from,
                         c->e))
        return err_wrap(c->e, "from");
    d->take_from = arena_dup(&c->program->arena, c->parts->from);
    d->take.timeout_ns = d->client.timeout_ns;
    d->take.spec = (struct client_spec){.protocol = &kafka_take_protocol, .config = config};
    config->brokers = d->config.brokers;
    config->conf = &d->consumer_properties;
    config->metrics_ns = d->config.metrics_ns;
    program_client_add(c->program, &d->take, 1);
    return true;
}

/* Read once for all calls: so they agree on how. */
static bool is_read_alike(struct compiler *c, const struct kafka_take_topic *t)
{
    const struct kafka_take_parts *p = c->parts;
    if (!str_eq(t->correlate, p->correlate))
        return err_set(c->e, ERR_USAGE,
                       "records of '%s' have their ids in one place for all calls of a client, and "
                       "these are two: '" STR_FMT "' and '" STR_FMT "'",
                       t->topic, STR_ARG(t->correlate), STR_ARG(p->correlate));
    return t->keep_ns == p->keep_ns ||
           err_set(c->e, ERR_USAGE,
                   "records of '%s' are kept for all calls of a client: 'keep' must be the same",
                   t->topic);
}

static bool find_topic(struct compiler *c, unsigned *number)
{
    struct kafka_take_config *config = &c->client->take_config;
    const struct kafka_take_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    for (*number = 0; *number < config->n_topics; ++*number)
        if (str_eq(p->topic, str_from(config->topics[*number].topic)))
            return is_read_alike(c, &config->topics[*number]);
    if (c->program->sealed)
        return err_set(c->e, ERR_USAGE,
                       "topic '" STR_FMT "' is new: a kafka:consume of it must be prepared at the "
                       "top level of the file",
                       STR_ARG(p->topic));
    struct kafka_take_topic *more = arena_alloc(arena, (*number + 1) * sizeof *more);
    if (*number)
        memcpy(more, config->topics, *number * sizeof *more);
    more[config->n_topics++] = (struct kafka_take_topic){
        arena_z(arena, p->topic), arena_dup(arena, p->correlate), p->keep_ns};
    config->topics = more;
    return true;
}

/* ---- the definition ---- */

static struct call_definition *define(void *compiler)
{
    struct compiler *c = compiler;
    const struct kafka_take_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    struct kafka_take_definition *d = arena_alloc(arena, sizeof *d);
    if (!kafka_correlate_check(p->correlate, c->e) || !need_client(c) || !find_topic(c, &d->topic))
        return NULL;
    const struct tag tags[] = {
        {STR("protocol"), STR("kafka")},
        {STR("topic"), str_from(c->client->take_config.topics[d->topic].topic)},
        {STR("type"), STR("CONSUME")}};
    d->call = (struct call_definition){
        .kind = &kafka_take_kind,
        .client = &c->client->take,
        .name = arena_dup(arena, p->name.n ? p->name : p->topic),
        .tags = program_tags(c->program, tags, 3, &p->tags),
        .n_tags = (unsigned)p->tags.n + 3,
        .timeout_ns = p->timeout_ns,
        .checks = checks_keep(&p->checks, &c->program->names, arena),
    };
    return &d->call;
}

struct call_definition *kafka_take_define(struct program *p, struct kafka_client_definition *client,
                                          const struct kafka_take_parts *parts, struct err *e)
{
    struct compiler c = {.program = p, .client = client, .parts = parts, .e = e};
    return program_define(p, parts->key_text, define, &c, e);
}
