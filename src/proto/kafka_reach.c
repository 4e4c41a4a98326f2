/* librdkafka tries for ever to reach a broker; a user who mistyped its address wants to know soon.
 * "localhost" may have two addresses of which one refuses, so a second passes before all brokers
 * that are down are taken for unreachable. */
#include "proto/kafka_reach.h"

#include <stdio.h>

#include "base/clock.h"
#include "proto/kafka_error.h"

enum { FIRST_TRY_MS = 250 }; /* each further one may take twice as long: the cluster may be far */

#define PATIENCE_NS NS_PER_S /* with brokers that are all down */
#define SETTLE_NS   (50 * NS_PER_MS)

void kafka_signs_note(struct kafka_signs *s, int code, const char *text)
{
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        s->all_down = true;
    else
        snprintf(s->last, sizeof s->last, "%s", text);
}

/* Of a client whose errors come as events. */
static void take_events(rd_kafka_t *rk, struct kafka_signs *s)
{
    rd_kafka_queue_t *q = rd_kafka_queue_get_main(rk);
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(q, 0))) {
        const char *text = rd_kafka_event_error_string(event);
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
            kafka_signs_note(s, rd_kafka_event_error(event), text ? text : "");
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(q);
}

static bool is_stopped(const struct kafka_reach *r)
{
    return r->stop && atomic_load(r->stop);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

const struct rd_kafka_metadata *kafka_reach(const struct kafka_reach *r, rd_kafka_topic_t *topic,
                                            struct err *e)
{
    struct kafka_signs events = {0}, *signs = r->signs ? r->signs : &events;
    uint64_t begun = clock_now_ns(), end = begun + r->timeout_ns, now = begun;
    for (uint64_t try_ns = FIRST_TRY_MS * NS_PER_MS; now < end && !is_stopped(r); try_ns *= 2) {
        const struct rd_kafka_metadata *answer;
        if (signs->all_down)
            end = least(end, begun + PATIENCE_NS);
        int ms = (int)(least(try_ns, end > now ? end - now : 1) / NS_PER_MS) + 1;
        rd_kafka_resp_err_t code = rd_kafka_metadata(r->rk, topic == NULL, topic, &answer, ms);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return answer;
        if (r->signs)
            rd_kafka_poll(r->rk, 0);
        else
            take_events(r->rk, signs);
        now = clock_now_ns();
    }
    kafka_error_unreachable(r->brokers, str_from(signs->last), e);
    return NULL;
}

static bool is_absent(const struct rd_kafka_metadata_topic *t)
{
    return t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

/* Not yet: it was made a moment ago. */
static bool may_come(const struct rd_kafka_metadata_topic *t)
{
    return t->err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

/* False with a sentence. */
static bool is_usable(const struct rd_kafka_metadata_topic *t, int32_t partition, struct err *e)
{
    if (!t->err && partition < t->partition_cnt)
        return true;
    if (!t->err)
        return err_set(e, ERR_RUN, "topic '%s' has no partition %d: there are %d, from 0 on",
                       t->topic, partition, t->partition_cnt);
    if (is_absent(t))
        return err_set(e, ERR_RUN,
                       "topic '%s' does not exist; make it with: weir kafka topics create %s -p 6",
                       t->topic, t->topic);
    return err_set(e, ERR_RUN, "topic '%s': %s", t->topic, kafka_error_cause(t->err));
}

bool kafka_reach_topic(const struct kafka_reach *r, rd_kafka_topic_t *topic, int32_t partition,
                       struct err *e)
{
    uint64_t end = clock_now_ns() + r->timeout_ns;
    for (;; clock_sleep_until(clock_now_ns() + SETTLE_NS)) {
        const struct rd_kafka_metadata *answer = kafka_reach(r, topic, e);
        if (!answer)
            return false;
        const struct rd_kafka_metadata_topic *t = &answer->topics[0];
        bool again = may_come(t) && clock_now_ns() < end && !is_stopped(r);
        bool good = is_usable(t, partition, e);
        rd_kafka_metadata_destroy(answer);
        if (!again)
            return good;
    }
}
