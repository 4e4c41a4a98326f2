/* Delivery reports, by librdkafka's callback: up to a batch of them, then what was started
 * meanwhile is handed over together and takes the memory of those that are over while it is warm.
 * (As events they cost more: the memory of an event's records, thousands perhaps, is freed with the
 * event.) librdkafka writes to the descriptor once, when its queue goes from empty to non-empty:
 * the queue is emptied, or the descriptor is written to again. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "proto/kafka_client.h"
#include "proto/kafka_error.h"

enum { RECORDS_A_TURN = KAFKA_BATCH }; /* then the loop goes first: starts are due */

/* This thread takes reports for the loop: not so when a blocking call takes them somewhere else. */
static _Thread_local bool serving;

/* ---- one record ---- */

static bool was_purged(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

/* After a fatal error librdkafka purges what it has, without being told to. */
const char *kafka_cause(struct kafka_client *c, rd_kafka_resp_err_t code)
{
    char text[8];
    rd_kafka_resp_err_t fatal = 0;
    if (code == RD_KAFKA_RESP_ERR__FATAL || was_purged(code))
        fatal = rd_kafka_fatal_error(c->rk, text, sizeof text);
    return kafka_error_cause(fatal ? fatal : code);
}

/* The engine set fate and cause of a call that it cancelled; only a purge leaves them. A purge that
 * it has not asked for is a failure like others. */
static void set_failure(struct kafka_client *c, struct outcome *o, const rd_kafka_message_t *m)
{
    if (m->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
        (was_purged(m->err) && o->fate == FATE_TIMEOUT)) {
        o->fate = FATE_TIMEOUT;
        o->cause = "no acknowledgement (timeout)";
    } else if (!was_purged(m->err) || !o->cause) {
        o->fate = FATE_ERROR;
        o->cause = kafka_cause(c, m->err);
    }
    if (m->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        c->too_large_there = rd_kafka_topic_name(m->rkt);
    o->possibly_stored = rd_kafka_message_status(m) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
}

static void settle(struct kafka_client *c, const rd_kafka_message_t *m)
{
    struct call *call = m->_private;
    struct outcome *o = call_outcome(&c->client, call);
    c->handed--;
    if (o->cause)
        c->cancelled--;
    if (m->err) {
        set_failure(c, o, m);
    } else {
        o->fate = FATE_OK;
        o->cause = NULL;
    }
    o->partition = m->partition;
    o->offset = m->offset;
    if (!m->err || o->possibly_stored)
        o->bytes_sent = m->len;
    o->length = m->len;
    o->done_ns = c->done_ns;
    kafka_transaction_reported(c, m);
    kafka_done(c, call);
}

void kafka_done(struct kafka_client *c, struct call *call)
{
    c->client.on->done(&c->client, call);
}

/* ---- librdkafka's callbacks, from within rd_kafka_poll ---- */

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka_client *c = opaque;
    if (c->taken == 0) /* now: what comes in this turn has left the queue already */
        c->done_ns = clock_now_ns();
    settle(c, m);
    if (++c->taken == RECORDS_A_TURN)
        rd_kafka_yield(rk);
}

/* One warning for each time that all brokers are gone. */
static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct kafka_client *c = opaque;
    (void)rk;
    if (!c->reached) {
        kafka_signs_note(&c->signs, code, text);
        return;
    }
    if (serving && code == RD_KAFKA_RESP_ERR__FATAL)
        kafka_transaction_doubt(c, code);
    if (!serving || code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || c->outage_told ||
        c->share.index > 0)
        return;
    c->outage_told = true;
    log_warn("no broker is there (" STR_FMT "): records wait until their timeout",
             STR_ARG(c->config->brokers));
}

/* 0: librdkafka frees the text. */
static int on_statistics(rd_kafka_t *rk, char *json, size_t n, void *opaque)
{
    struct kafka_client *c = opaque;
    (void)rk;
    if (serving)
        kafka_stats_take(&c->stats, (str){json, n}, &c->client);
    return 0;
}

void kafka_reports_conf(struct kafka_client *c, rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_stats_cb(conf, on_statistics);
    rd_kafka_conf_set_opaque(conf, c);
}

/* ---- the loop's ---- */

static void take_reports(struct watch *w)
{
    struct kafka_client *c = CONTAINER_OF(w, struct kafka_client, watch);
    eventfd_t rings;
    eventfd_read(w->fd, &rings); /* first the bell, then the queue */
    c->taking = true;
    c->taken = 0;
    serving = true;
    rd_kafka_poll(c->rk, 0);
    serving = false;
    kafka_batch_hand_over(c);
    kafka_wait_no_more(c);
    kafka_transaction_look(c);
    c->taking = false;
    c->outage_told = c->outage_told && c->taken == 0;
    if (c->phase == KAFKA_CLOSING) /* the last record of the run was among them */
        kafka_reports_close(c);
    else if (c->taken >= RECORDS_A_TURN)
        eventfd_write(w->fd, 1);
}

void kafka_reports_open(struct kafka_client *c)
{
    static const uint64_t one = 1;
    c->watch.readable = take_reports;
    c->queue = rd_kafka_queue_get_main(c->rk);
    rd_kafka_queue_io_event_enable(c->queue, c->watch.fd, &one, sizeof one);
    eventfd_write(c->watch.fd, 1); /* what is there already rings no bell */
    loop_watch(c->loop, &c->watch);
}

void kafka_reports_close(struct kafka_client *c)
{
    if (c->taking)
        return;
    loop_unwatch(c->loop, &c->watch);
    rd_kafka_queue_io_event_enable(c->queue, -1, NULL, 0);
    rd_kafka_queue_destroy(c->queue);
    c->queue = NULL;
    kafka_go_on_closing(c);
}
