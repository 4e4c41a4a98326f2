/* What the file says about its clients, and what the load says about their limits. */
#include "cli/script_clients.h"

#include "base/map.h"
#include "base/list.h"
#include "scenario/http_calls.h"
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

/* The number of users is no limit: one that starts calls side by side needs a connection for each.
 * Where it is larger than what weir would open by itself, so many are wanted. */
static void limit_connections(const struct opener *o, struct http_config *c)
{
    uint64_t cap = o->loads->users_cap;
    c->connections = http_connections_possible(c->n_origins ? c->n_origins : 1);
    c->capped = cap != UINT64_MAX && cap >= c->connections;
    if (c->capped && cap < UINT32_MAX)
        c->connections = (unsigned)cap;
    if (cap == UINT64_MAX && c->connections > o->out->connections)
        o->out->connections = c->connections;
}

static bool complete_http(struct opener *o, struct http_client_definition *d)
{
    struct http_config *c = &d->config;
    c->timeout_ns = timeout_of(o, &d->client);
    limit_connections(o, c);
    describe_origins(c, &o->target);
    return http_config_resolve(c, o->e);
}

/* ---- Kafka ---- */

static bool any_warmup(const struct script_loads *loads)
{
    for (unsigned i = 0; i < loads->n; i++)
        if (loads->list[i].warmup_ns)
            return true;
    return false;
}

/* Once, also when several clients send to it. */
static bool make_topic(struct opener *o, str name)
{
    if (map_get(&o->topics, name))
        return true;
    map_put(&o->topics, name, o->out->embedded);
    return kafka_embedded_topic(o->out->embedded, name, EMBEDDED_PARTITIONS, o->e);
}

static bool is_embedded(str brokers)
{
    return str_eq(brokers, STR("embedded"));
}

/* All clients of the file share one broker. */
static bool embed(struct opener *o, str *brokers)
{
    struct script_clients *out = o->out;
    if (!out->embedded)
        out->embedded = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, o->e);
    if (out->embedded)
        *brokers = str_from(kafka_embedded_address(out->embedded));
    return out->embedded != NULL;
}

static bool complete_producer(struct opener *o, struct kafka_producer_config *c,
                              const struct client_definition *client)
{
    c->timeout_ns = timeout_of(o, client);
    c->run = o->run;
    if (!is_embedded(c->brokers))
        return true;
    bool good = embed(o, &c->brokers);
    for (unsigned i = 0; i < c->n_topics && good; i++)
        good = make_topic(o, str_from(c->topics[i]));
    return good;
}

/* Several clients may be of the same brokers. */
static void describe_brokers(struct opener *o, str brokers)
{
    struct buf text = {0};
    buf_printf(&text, " kafka://" STR_FMT, STR_ARG(brokers));
    if (!str_contains(buf_view(&o->target), buf_view(&text)))
        buf_str(&o->target, buf_view(&text));
    buf_free(&text);
}

static bool complete_kafka(struct opener *o, struct kafka_client_definition *d)
{
    if (kafka_is_transacting(&d->config) && any_warmup(o->loads))
        return err_set(o->e, ERR_USAGE,
                       "a warm-up would end within a transaction: leave it out, or 'transaction'");
    bool good = complete_producer(o, &d->config, &d->client);
    describe_brokers(o, d->config.brokers);
    return good;
}

static bool complete_rpc(struct opener *o, struct kafka_client_definition *d)
{
    struct kafka_rpc_config *c = &d->rpc_config;
    bool embedded = is_embedded(c->producer.brokers);
    bool good = complete_producer(o, &c->producer, &d->rpc);
    for (unsigned i = 0; i < c->n_replies && embedded && good; i++)
        good = make_topic(o, str_from(c->replies[i].topic));
    for (unsigned i = 0; i < c->producer.n_topics; i++) /* some calls have the client's */
        if (c->producer.timeouts[i] < c->producer.timeout_ns)
            c->producer.timeouts[i] = 0;
    describe_brokers(o, c->producer.brokers);
    c->ready_timeout_ns = d->ready_timeout_ns;
    return good;
}

static bool complete_take(struct opener *o, struct kafka_client_definition *d)
{
    struct kafka_take_config *c = &d->take_config;
    bool embedded = is_embedded(c->brokers);
    bool good = !embedded || embed(o, &c->brokers);
    for (unsigned i = 0; i < c->n_topics && embedded && good; i++)
        good = make_topic(o, str_from(c->topics[i].topic));
    c->ready_timeout_ns = d->ready_timeout_ns;
    o->out->takes[o->out->n_takes++] = c;
    describe_brokers(o, c->brokers);
    return good;
}

/* Behind the file's own clients, whose numbers stay. */
static bool add_watch(struct opener *o, struct watch_definition *w)
{
    const struct kafka_producer_config *c = &w->client->config;
    w->config.brokers = c->brokers;
    w->config.conf = c->conf;
    if (is_embedded(c->brokers) && !embed(o, &w->config.brokers))
        return false;
    o->out->list[o->out->n++] =
        (struct client_spec){.protocol = &kafka_watch_protocol, .config = &w->config};
    return !w->config.topic || !o->out->embedded || make_topic(o, str_from(w->config.topic));
}

/* ---- all ---- */

static bool complete(struct opener *o, struct client_definition *c)
{
    if (c->spec.protocol == &http_protocol)
        return complete_http(o, (struct http_client_definition *)c);
    if (c->spec.protocol == &kafka_rpc_protocol)
        return complete_rpc(o, CONTAINER_OF(c, struct kafka_client_definition, rpc));
    if (c->spec.protocol == &kafka_take_protocol)
        return complete_take(o, CONTAINER_OF(c, struct kafka_client_definition, take));
    return complete_kafka(o, (struct kafka_client_definition *)c);
}

/* Each of a worker's clients that wait for replies reads a part of them. */
static void part_replies(struct opener *o, struct client_spec *list, unsigned n,
                         struct arena *arena)
{
    struct script_rpc *rpc = &o->out->rpcs[o->out->n_rpcs++];
    *rpc = (struct script_rpc){arena_alloc(arena, n * sizeof *rpc->configs), n};
    for (unsigned i = 0; i < n; i++) {
        rpc->configs[i] = *(const struct kafka_rpc_config *)list[i].config;
        rpc->configs[i].among = (struct share){i, n};
        list[i].config = &rpc->configs[i];
    }
}

static void add_instances(struct opener *o, const struct client_definition *c, struct arena *arena)
{
    struct client_spec *list = &o->out->list[o->out->n];
    for (unsigned i = 0; i < c->instances; i++)
        list[i] = c->spec;
    o->out->n += c->instances;
    if (c->spec.protocol == &kafka_rpc_protocol)
        part_replies(o, list, c->instances, arena);
}

bool script_clients_open(struct script_clients *c, struct program *p,
                         const struct script_loads *loads, uint64_t run, struct arena *arena,
                         struct err *e)
{
    struct opener o = {.out = c, .loads = loads, .run = run, .e = e};
    bool good = true;
    *c = (struct script_clients){
        .list = arena_alloc(arena, (p->n_instances + p->n_watches) * sizeof *c->list),
        .rpcs = arena_alloc(arena, p->n_clients * sizeof *c->rpcs),
        .takes = arena_alloc(arena, p->n_clients * sizeof *c->takes)};
    buf_str(&o.target, p->path);
    for (unsigned i = 0; i < p->n_clients && good; i++) {
        good = complete(&o, p->clients[i]);
        add_instances(&o, p->clients[i], arena);
    }
    for (unsigned i = 0; i < p->n_watches && good; i++)
        good = add_watch(&o, &p->watches[i]);
    c->target = arena_z(arena, buf_view(&o.target));
    buf_free(&o.target);
    map_free(&o.topics);
    return good;
}

void script_clients_crew(struct script_clients *c, unsigned workers)
{
    for (unsigned i = 0; i < c->n_rpcs; i++) {
        const struct script_rpc *rpc = &c->rpcs[i];
        kafka_rpc_crew_free(rpc->configs[0].crew);
        rpc->configs[0].crew = kafka_rpc_crew_make(workers * rpc->n);
        for (unsigned k = 1; k < rpc->n; k++)
            rpc->configs[k].crew = rpc->configs[0].crew;
    }
    for (unsigned i = 0; i < c->n_takes; i++) {
        kafka_take_crew_free(c->takes[i]->crew);
        c->takes[i]->crew = kafka_take_crew_make(workers);
    }
}

void script_clients_close(struct script_clients *c)
{
    if (c->embedded)
        kafka_embedded_close(c->embedded);
    c->embedded = NULL;
    for (unsigned i = 0; i < c->n_rpcs; i++)
        kafka_rpc_crew_free(c->rpcs[i].configs[0].crew);
    for (unsigned i = 0; i < c->n_takes; i++)
        kafka_take_crew_free(c->takes[i]->crew);
    c->n_rpcs = c->n_takes = 0;
}
