/* Sends, and what is known of topics before the load begins. */
#include "scenario/kafka_calls.h"

#include <assert.h>
#include <string.h>

#include "base/list.h"

struct kafka_call_definition {
    struct call_definition call; /* first */
    unsigned topic;              /* of the client's */
    struct record_template record;
};

static_assert(sizeof(struct kafka_record) <= sizeof((struct call_room *)0)->message,
              "a room has space for a record");

static bool render(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e)
{
    const struct kafka_call_definition *d = CONTAINER_OF(c, struct kafka_call_definition, call);
    struct kafka_record *r = (struct kafka_record *)(void *)room->message;
    struct record_places places;
    if (!record_render(&d->record, scope, room, &places, e))
        return false;
    record_view(room, &places, r);
    r->topic = d->topic;
    *request = r;
    return true;
}

static const struct call_kind kafka_kind = {.render = render, .view = record_sent};

/* ---- compiling ---- */

/* Each topic has to be there before the load begins: so it is known when the file is read. */
bool kafka_topic_find(struct program *p, struct kafka_producer_config *config, str topic,
                      const char *what, unsigned *number, struct err *e)
{
    for (*number = 0; *number < config->n_topics; ++*number)
        if (str_eq(topic, str_from(config->topics[*number])))
            return true;
    if (p->sealed)
        return err_set(e, ERR_USAGE,
                       "topic '" STR_FMT "' is new: %s to it must be made at the top level of the "
                       "file",
                       STR_ARG(topic), what);
    const char **more = arena_alloc(&p->arena, (config->n_topics + 1) * sizeof *more);
    uint64_t *timeouts = arena_alloc(&p->arena, (config->n_topics + 1) * sizeof *timeouts);
    if (config->n_topics) {
        memcpy(more, config->topics, config->n_topics * sizeof *more);
        memcpy(timeouts, config->timeouts, config->n_topics * sizeof *timeouts);
    }
    timeouts[config->n_topics] = 0;
    more[config->n_topics++] = arena_z(&p->arena, topic);
    config->topics = more;
    config->timeouts = timeouts;
    return true;
}

void kafka_timeout_note(const struct program *p, struct kafka_producer_config *config,
                        unsigned topic, uint64_t timeout_ns)
{
    if (!p->sealed && timeout_ns > config->timeouts[topic])
        config->timeouts[topic] = timeout_ns;
}

void kafka_partition_note(const struct program *p, struct kafka_producer_config *config,
                          const struct record_field *partition)
{
    uint64_t number;
    if (!p->sealed && partition->kind == FIELD_TEXT && str_u64(partition->text, &number) &&
        number <= INT32_MAX && (int32_t)number > config->partition)
        config->partition = (int32_t)number;
}

/* What compiling needs at hand; the lock is held. */
struct compiler {
    struct program *program;
    struct kafka_client_definition *client;
    const struct kafka_send_parts *parts;
    struct err *e;
};

/* The first send of a client, whose topic is new: from now on the plan has a client for them. */
static void need_client(struct compiler *c)
{
    if (!c->client->client.instances)
        program_client_add(c->program, &c->client->client, c->client->senders);
}

/* librdkafka has one time for all records of a topic (kafka_producer.c). */
static bool fits_timeout(struct compiler *c, unsigned topic, bool is_new)
{
    struct kafka_producer_config *config = &c->client->config;
    uint64_t own = c->parts->timeout_ns, wanted = own ? own : c->client->client.timeout_ns;
    if (is_new)
        config->timeouts[topic] = wanted;
    return wanted == config->timeouts[topic] ||
           err_set(c->e, ERR_USAGE,
                   "sends to '%s' have one timeout for all of a client, and these are two: give "
                   "them the same, or make another weir.kafka for the others",
                   config->topics[topic]);
}

static bool find_topic(struct compiler *c, unsigned *topic)
{
    struct kafka_producer_config *config = &c->client->config;
    unsigned known = config->n_topics;
    if (!kafka_topic_find(c->program, config, c->parts->topic, "a send", topic, c->e) ||
        !fits_timeout(c, *topic, *topic == known))
        return false;
    need_client(c);
    return true;
}

static struct call_definition *define(void *compiler)
{
    struct compiler *c = compiler;
    const struct kafka_send_parts *p = c->parts;
    struct kafka_producer_config *config = &c->client->config;
    struct arena *arena = &c->program->arena;
    struct kafka_call_definition *d = arena_alloc(arena, sizeof *d);
    if (!record_compile(&p->record, c->program, &d->record, c->e) || !find_topic(c, &d->topic))
        return NULL;
    kafka_partition_note(c->program, config, &p->record.partition);
    const struct tag tags[] = {{STR("protocol"), STR("kafka")},
                               {STR("topic"), str_from(config->topics[d->topic])},
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
