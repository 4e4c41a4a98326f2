/* What the file says about its clients, and what the load says about their limits. */
#include "cli/script_clients.h"

#include "base/map.h"
#include "scenario/kafka_calls.h"

enum { EMBEDDED_PARTITIONS = 6 };

/* What completing needs at hand. */
struct opener {
    struct script_clients *out;
    const struct script_loads *loads;
    uint64_t run;
    struct buf target;
    struct map topics; /* of the embedded broker; only the keys are of use */
    struct err *e;
};

static uint64_t timeout_of(const struct opener *o, const struct client_definition *c)
{
    return c->timeout_ns ? c->timeout_ns : o->loads->list[0].timeout_ns;
}

/* ---- HTTP ---- */

static void describe_origins(const struct http_config *c, struct buf *out)
{
    for (unsigned i = 0; i < c->n_origins; i++) {
        const struct http_url *u = &c->origins[i].url;
        if (u->unix_path.n)
            buf_printf(out, " unix:" STR_FMT, STR_ARG(u->unix_path));
        else
            buf_printf(out, " %s://" STR_FMT, u->tls ? "https" : "http", STR_ARG(u->authority));
    }
}

static bool complete_http(struct opener *o, struct http_client_definition *d)
{
    struct http_config *c = &d->config;
    uint64_t cap = o->loads->users_cap;
    c->timeout_ns = timeout_of(o, &d->client);
    c->capped = cap != UINT64_MAX;
    c->connections = http_connections_possible(c->n_origins ? c->n_origins : 1);
    if (c->capped && cap < UINT32_MAX)
        c->connections = (unsigned)cap;
    if (c->connections > o->out->connections)
        o->out->connections = c->connections;
    describe_origins(c, &o->target);
    return http_config_resolve(c, o->e);
}

/* ---- Kafka ---- */

/* Once, also when several clients send to it. */
static bool make_topic(struct opener *o, str name)
{
    if (map_get(&o->topics, name))
        return true;
    map_put(&o->topics, name, o->out->embedded);
    return kafka_embedded_topic(o->out->embedded, name, EMBEDDED_PARTITIONS, o->e);
}

static bool make_topics(struct opener *o, const struct kafka_producer_config *c)
{
    for (unsigned i = 0; i < c->n_topics; i++)
        if (!make_topic(o, str_from(c->topics[i])))
            return false;
    return true;
}

/* All clients of the file share one broker. */
static bool embed(struct opener *o, struct kafka_producer_config *c)
{
    struct script_clients *out = o->out;
    if (!out->embedded)
        out->embedded = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, o->e);
    if (!out->embedded)
        return false;
    c->brokers = str_from(kafka_embedded_address(out->embedded));
    return make_topics(o, c);
}

static bool complete_kafka(struct opener *o, struct kafka_client_definition *d)
{
    struct kafka_producer_config *c = &d->config;
    c->timeout_ns = timeout_of(o, &d->client);
    c->run = o->run;
    if (str_eq(c->brokers, STR("embedded")) && !embed(o, c))
        return false;
    buf_printf(&o->target, " kafka://" STR_FMT, STR_ARG(c->brokers));
    return true;
}

/* ---- all ---- */

static bool complete(struct opener *o, struct client_definition *c)
{
    if (c->spec.protocol == &http_protocol)
        return complete_http(o, (struct http_client_definition *)c);
    return complete_kafka(o, (struct kafka_client_definition *)c);
}

bool script_clients_open(struct script_clients *c, struct program *p,
                         const struct script_loads *loads, uint64_t run, struct arena *arena,
                         struct err *e)
{
    struct opener o = {.out = c, .loads = loads, .run = run, .e = e};
    bool good = true;
    *c = (struct script_clients){.list = arena_alloc(arena, p->n_instances * sizeof *c->list)};
    buf_str(&o.target, p->path);
    for (unsigned i = 0; i < p->n_clients && good; i++) {
        good = complete(&o, p->clients[i]);
        for (unsigned k = 0; k < p->clients[i]->instances; k++)
            c->list[c->n++] = p->clients[i]->spec;
    }
    c->target = arena_z(arena, buf_view(&o.target));
    buf_free(&o.target);
    map_free(&o.topics);
    return good;
}

void script_clients_close(struct script_clients *c)
{
    if (c->embedded)
        kafka_embedded_close(c->embedded);
    c->embedded = NULL;
}
