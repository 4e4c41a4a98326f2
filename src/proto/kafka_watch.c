/* One look after the other; one that takes more than its second makes the next one later. */
#include "proto/kafka_watch.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_known.h"
#include "proto/kafka_lag.h"

#define ANSWER_NS (3 * NS_PER_S) /* longest wait: the end of the run waits for a look, too */

enum watch_phase { WATCH_OPENING, WATCH_OPEN, WATCH_CLOSING };

struct kafka_watch {
    struct client client; /* first */
    struct loop *loop;
    const struct kafka_watch_config *config;
    uint8_t phase;           /* enum watch_phase */
    bool busy;               /* the job is under way */
    bool failing;            /* the last look failed, and was told */
    struct offload *offload; /* its own; NULL: another worker looks */
    struct timer timer;      /* the next look; or what open and close may not do at once */
    struct kafka_properties properties;
    struct arena arena; /* of those */
    struct job job;

    /* The job's while it is done: */
    struct kafka_lag *lag;
    struct arena look_arena;
    struct kafka_lag_look look;
    struct err failure;
};

static struct kafka_watch *of(struct client *c)
{
    return (struct kafka_watch *)c;
}

static void submit(struct kafka_watch *w, void (*work)(struct job *), void (*done)(struct job *))
{
    w->busy = true;
    w->job = (struct job){.reply = loop_mailbox(w->loop), .work = work, .done = done};
    offload_submit(w->offload, &w->job);
}

/* ---- closing ---- */

static void end(struct kafka_watch *w)
{
    offload_close(w->offload);
    w->client.on->closed(&w->client);
    arena_free(&w->arena);
    mem_free(w);
}

static void close_there(struct job *job)
{
    struct kafka_watch *w = CONTAINER_OF(job, struct kafka_watch, job);
    if (w->lag)
        kafka_lag_close(w->lag);
}

static void closed(struct job *job)
{
    end(CONTAINER_OF(job, struct kafka_watch, job));
}

static void end_soon(struct timer *t)
{
    end(CONTAINER_OF(t, struct kafka_watch, timer));
}

static void watch_close(struct client *client)
{
    struct kafka_watch *w = of(client);
    bool opening = w->phase == WATCH_OPENING;
    w->phase = WATCH_CLOSING;
    loop_timer_disarm(w->loop, &w->timer);
    if (w->busy || (opening && w->offload))
        return; /* behind what is under way */
    if (w->offload) {
        submit(w, close_there, closed);
    } else {
        w->timer.fire = end_soon;
        loop_timer_arm(w->loop, &w->timer, 0);
    }
}

/* ---- looking ---- */

/* `partition` empty: all of the topic. NAN, what is not known, is not told. */
static void tell(struct kafka_watch *w, enum measure_id id, str topic, str partition, double value)
{
    const struct tag tags[] = {{STR("protocol"), STR("kafka")},
                               {STR("group"), str_from(w->config->group)},
                               {STR("topic"), topic},
                               {STR("partition"), partition}};
    const struct measured m = {
        .measure = &measures[id], .tags = tags, .n_tags = partition.n ? 4 : 3, .value = value};
    if (!isnan(value))
        w->client.on->measured(&w->client, &m);
}

static void tell_partition(struct kafka_watch *w, const struct kafka_lag_partition *p)
{
    char number[16];
    str partition = {number, (size_t)snprintf(number, sizeof number, "%d", p->number)};
    tell(w, MEASURE_GROUP_PARTITION_LAG, p->topic, partition, kafka_lag_behind(p));
    tell(w, MEASURE_GROUP_PARTITION_WAIT, p->topic, partition,
         kafka_lag_waits_s(p, w->look.wall_ms));
}

/* The partitions of one topic, which begin at i and stand together: where the next one begins. What
 * was never committed is not known, and not told. */
static size_t tell_topic(struct kafka_watch *w, size_t i)
{
    const struct kafka_lag_look *look = &w->look;
    str topic = look->list[i].topic, all = {NULL, 0};
    double behind = 0, waits_s = 0;
    size_t known = 0, timed = 0;
    for (; i < look->n && str_eq(look->list[i].topic, topic); i++) {
        double records = kafka_lag_behind(&look->list[i]);
        double seconds = kafka_lag_waits_s(&look->list[i], look->wall_ms);
        known += records >= 0;
        timed += seconds >= 0;
        behind += records >= 0 ? records : 0;
        waits_s = seconds > waits_s ? seconds : waits_s;
        tell_partition(w, &look->list[i]);
    }
    if (known)
        tell(w, MEASURE_GROUP_LAG, topic, all, behind);
    if (known && timed)
        tell(w, MEASURE_GROUP_WAIT, topic, all, waits_s);
    return i;
}

static void tell_look(struct kafka_watch *w)
{
    if (w->failure.kind && !w->failing)
        log_warn("group '%s' cannot be looked at: %s", w->config->group, w->failure.text);
    w->failing = w->failure.kind != ERR_NONE;
    for (size_t i = 0; !w->failing && i < w->look.n;)
        i = tell_topic(w, i);
}

static void look_there(struct job *job)
{
    struct kafka_watch *w = CONTAINER_OF(job, struct kafka_watch, job);
    w->failure = (struct err){0};
    kafka_lag_look(w->lag, &w->look_arena, &w->look, &w->failure);
}

static void looked(struct job *job)
{
    struct kafka_watch *w = CONTAINER_OF(job, struct kafka_watch, job);
    w->busy = false;
    tell_look(w);
    arena_free(&w->look_arena);
    if (w->phase == WATCH_CLOSING)
        submit(w, close_there, closed);
}

static void time_to_look(struct timer *t)
{
    struct kafka_watch *w = CONTAINER_OF(t, struct kafka_watch, timer);
    loop_timer_arm(w->loop, t, loop_now(w->loop) + NS_PER_S);
    if (!w->busy)
        submit(w, look_there, looked);
}

static void watch_begin(struct client *client)
{
    struct kafka_watch *w = of(client);
    w->timer.fire = time_to_look;
    if (w->offload)
        loop_timer_arm(w->loop, &w->timer, loop_now(w->loop));
}

/* ---- opening ---- */

static void ready(struct kafka_watch *w)
{
    if (w->phase == WATCH_OPENING)
        w->phase = WATCH_OPEN;
    w->client.on->ready(&w->client, w->failure.kind ? &w->failure : NULL);
}

static void ready_soon(struct timer *t)
{
    ready(CONTAINER_OF(t, struct kafka_watch, timer));
}

/* A producer's own settings are nothing to a client that asks. */
static void take_properties(struct kafka_watch *w)
{
    const struct kafka_properties *from = w->config->conf;
    for (size_t i = 0; i < from->n; i++) {
        const struct kafka_known *k = kafka_known_find(from->list[i].name);
        if (k && k->scope == KAFKA_FOR_BOTH)
            kafka_property_set(&w->properties, k->name.p, from->list[i].value, &w->arena);
    }
}

static void open_there(struct job *job)
{
    struct kafka_watch *w = CONTAINER_OF(job, struct kafka_watch, job);
    const struct kafka_watch_config *f = w->config;
    w->lag = kafka_lag_open(f->brokers, &w->properties, f->group, f->topic, ANSWER_NS, &w->failure);
}

static void opened(struct job *job)
{
    struct kafka_watch *w = CONTAINER_OF(job, struct kafka_watch, job);
    w->busy = false;
    if (w->phase == WATCH_CLOSING)
        submit(w, close_there, closed);
    else
        ready(w);
}

static struct client *watch_open(struct loop *l, struct offload *offload, const void *config,
                                 struct share share, const struct client_events *on, void *owner)
{
    struct kafka_watch *w = mem_zero(sizeof *w);
    (void)offload;
    w->client = (struct client){.protocol = &kafka_watch_protocol, .on = on, .owner = owner};
    w->loop = l;
    w->config = config;
    take_properties(w);
    if (share.index == 0)
        w->offload = offload_open("weir lag", &w->failure);
    w->timer.fire = ready_soon;
    if (w->offload)
        submit(w, open_there, opened);
    else
        loop_timer_arm(l, &w->timer, 0);
    return &w->client;
}

const struct protocol kafka_watch_protocol = {
    .name = "kafka",
    .open = watch_open,
    .begin = watch_begin,
    .close = watch_close,
};
