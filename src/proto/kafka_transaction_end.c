/* The end of a transaction: committed or aborted where it may block, and told. */
#include "base/clock.h"
#include "proto/kafka_client.h"
#include "proto/kafka_error.h"
#include "proto/kafka_transaction.h"

/* ---- where it may block ---- */

static bool is_fenced(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

void kafka_transaction_dead(struct kafka_client *c, const char *why, struct err *e)
{
    char text[8];
    if (is_fenced(rd_kafka_fatal_error(c->rk, text, sizeof text)))
        err_set(e, ERR_RUN,
                "another producer with transactional.id '%s' took over: this one is "
                "fenced off and can produce no more",
                c->transactional_id);
    else
        err_set(e, ERR_RUN, "transactional.id '%s' can produce no more: %s", c->transactional_id,
                why);
}

static bool is_dead(const struct kafka_client *c)
{
    char text[8];
    return rd_kafka_fatal_error(c->rk, text, sizeof text) != 0;
}

/* Tries again while the brokers may still answer. The error is the caller's; NULL: done. */
static rd_kafka_error_t *try(rd_kafka_error_t *(*end)(rd_kafka_t *rk, int ms),
                             struct kafka_client *c)
{
    uint64_t end_ns = clock_now_ns() + c->config->timeout_ns;
    for (;;) {
        uint64_t now = clock_now_ns();
        int ms = now < end_ns ? (int)((end_ns - now) / NS_PER_MS) + 1 : 1;
        rd_kafka_error_t *error = end(c->rk, ms);
        if (!error || is_dead(c) || !rd_kafka_error_is_retriable(error) || clock_now_ns() >= end_ns)
            return error;
        rd_kafka_error_destroy(error);
    }
}

/* Once a producer is fenced off, librdkafka 2.0.2 may free the error that it has just given away
 * (seen by address sanitizer): nobody reads or frees that one any more. */
static void leave(rd_kafka_error_t *error)
{
    static _Atomic(rd_kafka_error_t *) left;
    atomic_store(&left, error); /* so that it does not count as a leak */
}

/* What librdkafka says of the producer as a whole. */
static void note_dead(struct kafka_client *c, rd_kafka_error_t *error)
{
    struct kafka_transaction *t = &c->transaction;
    char why[200];
    t->code = rd_kafka_fatal_error(c->rk, why, sizeof why);
    if (!t->dead.kind)
        kafka_transaction_dead(c, why, &t->dead);
    leave(error);
}

/* Keeps the first reason; frees the error. `last`: there is nothing that could be done. */
static void note(struct kafka_client *c, rd_kafka_error_t *error, bool last)
{
    struct kafka_transaction *t = &c->transaction;
    if (is_dead(c)) {
        note_dead(c, error);
        return;
    }
    if (!t->code)
        t->code = rd_kafka_error_code(error);
    if (last && !t->dead.kind)
        kafka_transaction_dead(c, rd_kafka_error_string(error), &t->dead);
    rd_kafka_error_destroy(error);
}

static void abort_it(struct kafka_client *c)
{
    rd_kafka_error_t *error = try(rd_kafka_abort_transaction, c);
    c->transaction.aborted = !error;
    if (error)
        note(c, error, true);
}

static void commit_it(struct kafka_client *c)
{
    rd_kafka_error_t *error = try(rd_kafka_commit_transaction, c);
    c->transaction.committed = !error;
    if (!error)
        return;
    bool abortable = !is_dead(c) && rd_kafka_error_txn_requires_abort(error);
    note(c, error, !abortable);
    if (abortable)
        abort_it(c);
}

static void end_there(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, transaction.job);
    struct kafka_transaction *t = &c->transaction;
    if (t->aborting)
        abort_it(c);
    else
        commit_it(c);
    t->ended_ns = clock_now_ns();
    rd_kafka_error_t *error = t->dead.kind || t->last ? NULL : rd_kafka_begin_transaction(c->rk);
    if (error)
        note(c, error, true);
}

/* ---- telling ---- */

static void tell(struct kafka_client *c, enum measure_id id, uint64_t n)
{
    static const struct tag tags[] = {{{"protocol", 8}, {"kafka", 5}},
                                      {{"client", 6}, {"producer", 8}}};
    c->client.on->measured(
        &c->client, &(struct measured){
                        .measure = &measures[id], .tags = tags, .n_tags = 2, .value = (double)n});
}

/* Each partition that it touched gets a mark of its end; the embedded broker makes none. */
static unsigned count_marks(const struct kafka_client *c, bool sure)
{
    const struct kafka_touched *touched = &c->transaction.touched, *all = &c->transaction.perhaps;
    unsigned n = 0;
    for (size_t i = 0; i < (sure ? touched->words : all->words); i++) {
        uint64_t there = i < touched->words ? touched->bits[i] : 0;
        n += (unsigned)__builtin_popcountll(sure ? there : all->bits[i] & ~there);
    }
    return c->marks ? n : 0;
}

void kafka_transaction_tell(struct kafka_client *c)
{
    const struct kafka_transaction *t = &c->transaction;
    bool known = t->committed || t->aborted;
    unsigned touched = count_marks(c, true), perhaps = count_marks(c, false);
    tell(c, MEASURE_COMMITS, t->committed);
    tell(c, MEASURE_ABORTS, t->aborted);
    tell(c, MEASURE_COMMITTED_RECORDS, t->committed ? t->stored : 0);
    tell(c, MEASURE_ABORTED_RECORDS, t->aborted ? t->stored : 0);
    tell(c, MEASURE_MARKS, known ? touched : 0);
    tell(c, MEASURE_POSSIBLE_MARKS, known ? perhaps : touched + perhaps);
}

/* What it took, as a part of no call: from when it was full, and from when it began to end. */
static void tell_time(struct kafka_client *c)
{
    const struct kafka_transaction *t = &c->transaction;
    bool meant_to_abort = t->aborting;
    bool one = c->config->n_topics == 1;
    struct buf name = {0};
    struct tag tags[3] = {{STR("protocol"), STR("kafka")}};
    unsigned n = 1;
    if (one)
        tags[n++] = (struct tag){STR("topic"), str_from(c->config->topics[0])};
    tags[n++] = (struct tag){STR("type"), meant_to_abort ? STR("ABORT") : STR("COMMIT")};
    buf_printf(&name, "%s %s", one ? c->config->topics[0] : "transaction",
               meant_to_abort ? "abort" : "commit");
    const struct series series = {.name = buf_view(&name), .tags = tags, .n_tags = n, .part = true};
    bool done = meant_to_abort ? t->aborted : t->committed;
    c->client.on->part(&c->client, &(struct client_part){
                                       .series = &series,
                                       .due_ns = t->full_ns,
                                       .sent_ns = t->ending_ns,
                                       .done_ns = t->ended_ns,
                                       .fate = done ? FATE_OK : FATE_ERROR,
                                       .cause = done ? NULL : kafka_error_cause(t->code),
                                   });
    buf_free(&name);
}

/* Numbers of records that nobody will ever read who reads what was committed: they are given
 * again. */
static void take_numbers_back(struct kafka_client *c)
{
    const struct kafka_transaction *t = &c->transaction;
    if (!t->aborting && t->aborted)
        c->stamps[false] = t->first_stamp;
}

static void ended(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, transaction.job);
    struct kafka_transaction *t = &c->transaction;
    kafka_transaction_tell(c);
    tell_time(c);
    take_numbers_back(c);
    kafka_transaction_next(c);
    if (t->dead.kind)
        c->client.on->failed(&c->client, &t->dead);
    if (t->closing)
        kafka_close_now(c);
    else
        kafka_wait_no_more(c);
}

void kafka_transaction_end(struct kafka_client *c)
{
    struct kafka_transaction *t = &c->transaction;
    t->state = TRANSACTION_ENDING;
    t->ending_ns = clock_now_ns();
    t->committed = t->aborted = false;
    t->code = RD_KAFKA_RESP_ERR_NO_ERROR;
    t->last = t->closing;
    t->job = (struct job){.reply = loop_mailbox(c->loop), .work = end_there, .done = ended};
    offload_submit(t->offload, &t->job);
}
