/* Asking on the offload thread, for an answer may be late on purpose. */
#include "cli/broker_retention.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/units.h"

static void ask(struct job *job)
{
    struct broker_retention *r = CONTAINER_OF(job, struct broker_retention, job);
    r->n = 0;
    kafka_embedded_dropped(r->broker, &r->answer, &r->list, &r->n);
}

static void note(struct broker_retention *r, const struct kafka_dropped *now)
{
    struct kafka_dropped *known = map_get(&r->topics, now->topic);
    if (known) {
        if (now->records > known->records) {
            known->records = now->records;
            known->partitions = now->partitions;
        }
        return;
    }
    known = arena_alloc(&r->memory, sizeof *known);
    *known = *now;
    known->topic = arena_dup(&r->memory, now->topic);
    map_put(&r->topics, known->topic, known);
    log_warn("topic " STR_FMT " drops its oldest records, %s so far: a partition keeps about 5 MB",
             STR_ARG(now->topic), human_count(now->records).text);
}

static void take_answer(struct broker_retention *r)
{
    for (size_t i = 0; i < r->n; i++)
        note(r, &r->list[i]);
    arena_free(&r->answer);
    r->answer = (struct arena){0};
}

static void answered(struct job *job)
{
    struct broker_retention *r = CONTAINER_OF(job, struct broker_retention, job);
    take_answer(r);
    r->asking = false;
    loop_timer_arm(r->loop, &r->timer, loop_now(r->loop) + NS_PER_S);
}

static void second_is_over(struct timer *t)
{
    struct broker_retention *r = CONTAINER_OF(t, struct broker_retention, timer);
    r->asking = true;
    offload_submit(r->offload, &r->job);
}

bool broker_retention_open(struct broker_retention *r, struct kafka_embedded *broker,
                           struct loop *l, struct err *e)
{
    *r = (struct broker_retention){
        .broker = broker,
        .loop = l,
        .offload = offload_open("weir retention", e),
        .timer.fire = second_is_over,
        .job = {.reply = loop_mailbox(l), .work = ask, .done = answered},
    };
    if (!r->offload)
        return false;
    loop_timer_arm(l, &r->timer, loop_now(l) + NS_PER_S);
    return true;
}

static void print_sums(const struct broker_retention *r)
{
    for (size_t i = 0; i < r->topics.size; i++) {
        const struct kafka_dropped *d = r->topics.entries[i].value;
        if (d)
            log_note("topic " STR_FMT " dropped %s records, in %u partition%s", STR_ARG(d->topic),
                     human_count(d->records).text, d->partitions, d->partitions == 1 ? "" : "s");
    }
}

void broker_retention_close(struct broker_retention *r)
{
    while (r->asking)
        loop_turn(r->loop, UINT64_MAX);
    loop_timer_disarm(r->loop, &r->timer);
    offload_close(r->offload);
    ask(&r->job);
    take_answer(r);
    print_sums(r);
    map_free(&r->topics);
    arena_free(&r->memory);
}
