/* Delivery reports: events of librdkafka's queue, each with the records of one answer of a broker.
 * librdkafka writes to the descriptor once, when the queue goes from empty to non-empty: it is
 * emptied, or the descriptor is written to again. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "proto/kafka_client.h"
#include "proto/kafka_error.h"

enum {
    RECORDS_A_TURN = 1024, /* then the loop goes first: starts are due */
    RECORDS_A_CLOCK = 64,  /* what is handed over within them is stamped by one clock read */
};

/* ---- one record ---- */

static bool was_purged(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

/* The engine set fate and cause of a call that it cancelled; only a purge leaves them. */
static void set_failure(struct kafka_client *c, struct outcome *o, const rd_kafka_message_t *m)
{
    if (m->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
        (was_purged(m->err) && o->fate == FATE_TIMEOUT)) {
        o->fate = FATE_TIMEOUT;
        o->cause = "no acknowledgement (timeout)";
    } else if (!was_purged(m->err)) {
        char text[8];
        rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(c->rk, text, sizeof text);
        o->fate = FATE_ERROR;
        o->cause = kafka_error_cause(m->err == RD_KAFKA_RESP_ERR__FATAL && fatal ? fatal : m->err);
    }
    o->possibly_stored = rd_kafka_message_status(m) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
}

static void settle(struct kafka_client *c, const rd_kafka_message_t *m)
{
    struct call *call = m->_private;
    struct outcome *o = &call->outcome;
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
    call->done_ns = c->report_ns;
    if (call->reply)
        kafka_show_place(call);
    kafka_done(c, call);
}

void kafka_done(struct kafka_client *c, struct call *call)
{
    c->client.on->done(&c->client, call);
}

/* ---- events ---- */

/* Takes records of the report that is held. How many; RECORDS_A_TURN: there may be more. */
static unsigned take_records(struct kafka_client *c)
{
    const rd_kafka_message_t *m;
    unsigned n = 0;
    while (n < RECORDS_A_TURN && (m = rd_kafka_event_message_next(c->report))) {
        if (n++ % RECORDS_A_CLOCK == 0)
            c->now_ns = clock_now_ns();
        settle(c, m);
    }
    c->now_ns = 0;
    return n;
}

static void take_error(struct kafka_client *c, rd_kafka_event_t *event)
{
    bool down = rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (!down || c->outage_told || c->share.index > 0 || c->phase != KAFKA_OPEN)
        return;
    c->outage_told = true;
    log_warn("no broker is there (" STR_FMT "): records wait until their timeout",
             STR_ARG(c->config->brokers));
}

/* Takes the next event, or goes on with the report that is held. False: there is none. */
static bool next_event(struct kafka_client *c)
{
    if (c->report)
        return true;
    rd_kafka_event_t *event = rd_kafka_queue_poll(c->queue, 0);
    if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
        c->report = event;
        c->report_ns = clock_now_ns();
        c->outage_told = false;
    } else if (event) {
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
            take_error(c, event);
        rd_kafka_event_destroy(event);
    }
    return event != NULL;
}

static void take_events(struct watch *w)
{
    struct kafka_client *c = CONTAINER_OF(w, struct kafka_client, watch);
    unsigned n = 0;
    eventfd_t rings;
    eventfd_read(w->fd, &rings); /* first the bell, then the queue */
    c->taking = true;
    while (n < RECORDS_A_TURN && next_event(c)) {
        if (!c->report)
            continue;
        unsigned taken = take_records(c);
        n += taken;
        if (taken == RECORDS_A_TURN)
            break;
        rd_kafka_event_destroy(c->report); /* now there is room in the local queue */
        c->report = NULL;
        kafka_wait_no_more(c);
    }
    c->taking = false;
    if (c->phase == KAFKA_CLOSING) /* the last record of the run was among them */
        kafka_reports_close(c);
    else if (n >= RECORDS_A_TURN)
        eventfd_write(w->fd, 1);
}

void kafka_reports_open(struct kafka_client *c)
{
    static const uint64_t one = 1;
    c->watch.readable = take_events;
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
    if (c->report)
        rd_kafka_event_destroy(c->report);
    rd_kafka_queue_io_event_enable(c->queue, -1, NULL, 0);
    rd_kafka_queue_destroy(c->queue);
    c->queue = NULL;
    kafka_go_on_closing(c);
}
