/* When no reply matches in the first seconds, one line says why: what came, and what was looked
 * for. */
#include "base/clock.h"
#include "base/log.h"
#include "proto/kafka_rpc_client.h"

void kafka_rpc_sight_note(struct kafka_rpc *c, const struct kafka_message *m,
                          enum kafka_correlate_found found, str id)
{
    if (requests_counts(c->requests)->matched == 0)
        kafka_sight_note(&c->sight, m, found, id);
}

static void look(struct timer *t)
{
    struct kafka_rpc *c = CONTAINER_OF(t, struct kafka_rpc, sight_timer);
    const struct requests_counts *n = requests_counts(c->requests);
    struct buf text = {0};
    if (kafka_rpc_crew_answered(c->config->crew) > 0 || n->issued == 0)
        return;
    if (c->sight.seen == 0)
        buf_printf(&text, "nothing came to %s: does the application run, read %s and answer to %s?",
                   c->config->replies[0].topic, c->config->producer.topics[0],
                   c->config->replies[0].topic);
    else
        kafka_sight_describe(&c->sight, c->config->replies[0].topic,
                             c->config->replies[0].correlate,
                             "which is the id of no request of this run", &text);
    log_warn("no reply matches so far: " STR_FMT, STR_ARG(buf_view(&text)));
    buf_free(&text);
}

void kafka_rpc_sight_open(struct kafka_rpc *c)
{
    if (c->share.index > 0)
        return; /* one line is enough */
    c->sight_timer.fire = look;
    loop_timer_arm(c->loop, &c->sight_timer, loop_now(c->loop) + KAFKA_SIGHT_PATIENCE_NS);
}

void kafka_rpc_sight_close(struct kafka_rpc *c)
{
    kafka_sight_free(&c->sight);
}
