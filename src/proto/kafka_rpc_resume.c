/* A run that goes on where a killed one stopped: its requests in flight become calls of this
 * process, and its replies are read from the very record on that comes next. */
#include <inttypes.h>

#include "base/log.h"
#include "base/units.h"
#include "proto/kafka_rpc_client.h"

/* ---- how far replies were read ---- */

void kafka_rpc_keep_places(struct kafka_rpc *c)
{
    size_t n;
    const struct kafka_place *places = kafka_consumer_places(c->consumer, &n);
    if (!c->config->store.path) /* for nobody */
        return;
    for (size_t i = 0; i < n; i++)
        if (places[i].reading)
            requests_read_to(c->requests,
                             &(struct requests_place){str_from(c->reading.topics[places[i].topic]),
                                                      places[i].partition, places[i].next});
}

static bool find_topic(const struct kafka_rpc *c, str name, unsigned *topic)
{
    for (*topic = 0; *topic < c->reading.n_topics; (*topic)++)
        if (str_eq(name, str_from(c->reading.topics[*topic])))
            return true;
    return false;
}

bool kafka_rpc_find_places(struct kafka_rpc *c, struct err *e)
{
    size_t n;
    const struct requests_place *places = requests_places(c->requests, &n);
    struct kafka_start *starts = arena_alloc(&c->arena, (n + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++) {
        starts[i].partition = places[i].partition;
        starts[i].offset = places[i].next;
        if (!find_topic(c, places[i].topic, &starts[i].topic))
            return err_set(e, ERR_USAGE,
                           "the run that is to be resumed read its replies from topic '" STR_FMT
                           "': say the same topics as then",
                           STR_ARG(places[i].topic));
    }
    c->reading.starts = starts;
    c->reading.n_starts = n;
    if (n > 0) /* a partition that it did not have was made since */
        c->reading.from.kind = KAFKA_FROM_BEGINNING;
    return true;
}

/* ---- requests in flight ---- */

void kafka_rpc_tell_resumed(const struct kafka_rpc *c)
{
    const struct requests_resumed *found = requests_resumed(c->requests);
    log_note("resumed run %016" PRIx64 ": %s request%s in flight%s", c->config->producer.run,
             human_count(found->waiting).text, found->waiting == 1 ? "" : "s",
             found->restarted ? "; the machine was restarted since: when they were due is taken "
                                "from the wall clock"
                              : "");
    if (found->cut)
        log_note("the journal's last write (%s bytes) was cut off: nothing of it had been sent",
                 human_count(found->cut).text);
}

/* Its delivery report went to the process that is gone. */
static void take_over(struct kafka_rpc *c, struct request *q, struct request_id id,
                      struct call *call)
{
    struct kafka_rpc_own *own = kafka_rpc_own_of(call);
    const struct kafka_rpc_request *asked = call->request;
    struct outcome *o;
    own->entry = kafka_rpc_entry(id);
    q->owner = call;
    q->label = asked->call->by_timestamp ? KAFKA_RPC_BY_TIMESTAMP : 0;
    if (call->deadline.due_ns > loop_now(c->loop))
        return;
    o = call_outcome(&c->client, call);
    o->fate = FATE_TIMEOUT;
    o->cause = "no answer (timeout)";
    c->client.on->done(&c->client, call);
}

bool kafka_rpc_adopt(struct kafka_rpc *c)
{
    struct request_id id = {0};
    for (struct request *q; (q = requests_next(c->requests, &id)); id.slot++) {
        if (q->owner) /* this process has made some already */
            continue;
        struct call *call = c->client.on->adopt(&c->client, c->config->resumed_as, q->due_ns);
        if (!call)
            return false;
        take_over(c, q, id, call);
    }
    return true;
}
