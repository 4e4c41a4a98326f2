/* Which records belong to which transaction, and when one is full. */
#include "proto/kafka_transaction.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/u128.h"
#include "proto/kafka_client.h"
#include "proto/kafka_error.h"

#define WHOLE_PPB UINT64_C(1000000000)

static const struct kafka_transacting *wanted(const struct kafka_client *c)
{
    return &c->config->transacting;
}

static bool is_used(const struct kafka_client *c)
{
    return kafka_is_transacting(c->config);
}

/* ---- opening ---- */

void kafka_transaction_id(struct kafka_client *c, struct kafka_properties *all, struct arena *arena)
{
    static const char name[] = "transactional.id";
    if (!is_used(c))
        return;
    str given = kafka_property_find(all, name);
    unsigned number = atomic_fetch_add(wanted(c)->producers, 1);
    str id = given.p ? arena_printf(arena, STR_FMT "-%u", STR_ARG(given), number)
                     : arena_printf(arena, "weir-%016llx-%u", (unsigned long long)c->config->run,
                                    number);
    kafka_property_set(all, name, id, arena);
    c->transactional_id = mem_zero(id.n + 1);
    memcpy(c->transactional_id, id.p, id.n);
}

bool kafka_transaction_begin(struct kafka_client *c)
{
    if (!is_used(c))
        return true;
    rd_kafka_error_t *error =
        rd_kafka_init_transactions(c->rk, (int)(c->config->timeout_ns / NS_PER_MS));
    if (!error)
        error = rd_kafka_begin_transaction(c->rk);
    if (!error)
        return true;
    err_set(&c->failure, ERR_RUN, "transactional.id '%s' cannot be used: %s", c->transactional_id,
            rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return false;
}

/* Hit i of a share p is transaction number ceil((i + 1) / p) - 1: with 10 % the 10th, the 20th … */
static bool is_to_abort(const struct kafka_client *c)
{
    u128 share = wanted(c)->abort_ppb, i = c->transaction.number;
    return (i + 1) * share / WHOLE_PPB > i * share / WHOLE_PPB;
}

static void time_is_over(struct timer *timer);

/* The next one has begun. */
static void start_taking(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    t->state = TRANSACTION_OPEN;
    t->aborting = is_to_abort(c);
    t->taken = t->stored = 0;
    t->first_stamp = c->stamps[t->aborting];
    t->timer.fire = time_is_over;
    if (wanted(c)->every_ns)
        loop_timer_arm(c->loop, &t->timer, loop_now(c->loop) + wanted(c)->every_ns);
}

void kafka_transaction_open(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    t->offload = is_used(c) ? offload_open("weir commits", &c->failure) : NULL;
    if (t->offload)
        start_taking(c);
}

void kafka_transaction_free(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    offload_close(t->offload);
    mem_free(t->touched.bits);
    mem_free(t->perhaps.bits);
    mem_free(c->transactional_id);
}

/* ---- partitions ---- */

enum { BITS = 64 };

static void touch(struct kafka_client *c, struct kafka_touched *t, const rd_kafka_message_t *m)
{
    unsigned topic = c->config->n_topics - 1;
    while (topic > 0 && m->rkt != c->topics[topic])
        topic--;
    size_t at = (size_t)m->partition * c->config->n_topics + topic;
    if (at / BITS >= t->words) {
        size_t words = at / BITS + 1;
        t->bits = mem_grow(t->bits, words * sizeof *t->bits);
        memset(t->bits + t->words, 0, (words - t->words) * sizeof *t->bits);
        t->words = words;
    }
    t->bits[at / BITS] |= UINT64_C(1) << at % BITS;
}

static void forget(struct kafka_touched *t)
{
    for (size_t i = 0; i < t->words; i++)
        t->bits[i] = 0;
}

/* ---- records ---- */

bool kafka_transaction_takes(const struct kafka_client *c)
{
    uint8_t state = c->transaction.state;
    return !is_used(c) || state == TRANSACTION_OPEN || state == TRANSACTION_OVER;
}

static void is_full(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    t->state = TRANSACTION_FULL;
    t->full_ns = clock_now_ns();
    loop_timer_disarm(c->loop, &t->timer);
}

static void time_is_over(struct timer *timer)
{
    struct kafka_client *c = CONTAINER_OF(timer, struct kafka_client, transaction.timer);
    struct kafka_transaction *t = &c->transaction;
    if (t->taken == 0) {
        loop_timer_arm(c->loop, timer, loop_now(c->loop) + wanted(c)->every_ns);
        return;
    }
    is_full(c);
    kafka_transaction_look(c);
}

void kafka_transaction_handed(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    if (is_used(c) && ++t->taken == wanted(c)->records && t->state == TRANSACTION_OPEN)
        is_full(c);
}

void kafka_transaction_reported(struct kafka_client *c, const rd_kafka_message_t *m)
{
    struct kafka_transaction *t = &c->transaction;
    if (!is_used(c))
        return;
    t->stored += !m->err;
    if (m->partition >= 0)
        touch(c, m->err ? &t->perhaps : &t->touched, m);
    if (m->err)
        kafka_transaction_doubt(c, m->err);
}

void kafka_transaction_doubt(struct kafka_client *c, rd_kafka_resp_err_t code)
{
    struct kafka_transaction *t = &c->transaction;
    char why[200];
    if (!is_used(c) || t->state == TRANSACTION_OVER || t->state == TRANSACTION_ENDING)
        return; /* what is ending finds out by itself */
    if (rd_kafka_fatal_error(c->rk, why, sizeof why)) {
        struct err e;
        t->state = TRANSACTION_OVER;
        t->committed = t->aborted = false;
        kafka_transaction_tell(c);
        kafka_transaction_dead(c, why, &e);
        c->client.on->failed(&c->client, &e);
    } else if (code == RD_KAFKA_RESP_ERR__STATE && t->state == TRANSACTION_OPEN) {
        is_full(c); /* librdkafka takes no more, for this one must be aborted */
        kafka_transaction_look(c);
    }
}

void kafka_transaction_look(struct kafka_client *c)
{
    if (c->transaction.state == TRANSACTION_FULL && c->handed == 0)
        kafka_transaction_end(c);
}

bool kafka_transaction_close(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    loop_timer_disarm(c->loop, &t->timer);
    if (!t->offload || t->state == TRANSACTION_OVER)
        return false;
    t->closing = true;
    if (t->state == TRANSACTION_OPEN && t->taken == 0)
        return false;
    if (t->state == TRANSACTION_OPEN)
        is_full(c);
    kafka_transaction_look(c);
    return true;
}

void kafka_transaction_next(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    forget(&t->touched);
    forget(&t->perhaps);
    t->number++;
    if (t->dead.kind || t->closing)
        t->state = TRANSACTION_OVER;
    else
        start_taking(c);
}
