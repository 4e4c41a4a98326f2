/* The request-reply client on a loop, against the embedded broker: what comes of a request, and
 * what each reply is told to be, whenever it comes. */
#include "unit.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "loop/world.h"
#include "proto/kafka_embedded.h"
#include "proto/kafka_id.h"
#include "proto/kafka_rpc.h"
#include "proto/stranger.h"

enum { RUN = 7, WAIT_MS = 10000 };

static const char *const request_topics[] = {"q"};
static const int prepared; /* stands for the engine's prepared call */

/* ---- a world: a broker, a loop, a client on it ---- */

struct world {
    struct kafka_embedded *broker;
    struct loop *loop;
    struct offload *offload;
    struct arena arena;
    struct kafka_properties properties;
    struct kafka_rpc_replies replies;
    str correlate;
    struct kafka_rpc_config config;
    struct client *client;
    rd_kafka_t *application; /* makes the replies */
    bool ready, closed;
    unsigned done, handed_over, acknowledged, classes[REPLY_CLASSES];
    enum fate sent_as;     /* the last acknowledgement */
    uint64_t late_ns;      /* the last late reply's */
    bool may_fail, failed; /* its store */
};

static void is_ready(struct client *c, const struct err *e)
{
    struct world *w = c->owner;
    if (e)
        fail_msg("%s", e->text);
    w->ready = true;
}

static void is_done(struct client *c, struct call *call)
{
    struct world *w = c->owner;
    w->done++;
    if (!call->outcome->done_ns)
        call->outcome->done_ns = loop_now(w->loop);
    c->protocol->finish(c, call);
}

static struct outcome *make_outcome(struct client *c, struct call *call)
{
    (void)c;
    return call->outcome = mem_zero(sizeof *call->outcome);
}

static void has_handed_over(struct client *c, struct call *call)
{
    struct world *w = c->owner;
    (void)call;
    w->handed_over++;
}

static void is_closed(struct client *c)
{
    struct world *w = c->owner;
    w->closed = true;
}

static void is_acknowledged(struct client *c, const void *as, const struct call *call)
{
    struct world *w = c->owner;
    assert_ptr_equal(as, &prepared);
    w->acknowledged++;
    w->sent_as = call->outcome->fate;
}

static void has_reply(struct client *c, enum reply_class class, uint64_t due_ns, uint64_t late_ns)
{
    struct world *w = c->owner;
    (void)due_ns;
    w->classes[class]++;
    if (class == REPLY_TOO_LATE)
        w->late_ns = late_ns;
}

static void has_failed(struct client *c, const struct err *e)
{
    struct world *w = c->owner;
    if (!w->may_fail)
        fail_msg("%s", e->text);
    w->failed = true;
}

static const struct client_events events = {
    .ready = is_ready,
    .outcome = make_outcome,
    .done = is_done,
    .closed = is_closed,
    .handed_over = has_handed_over,
    .acknowledged = is_acknowledged,
    .reply = has_reply,
    .failed = has_failed,
};

static struct world *open_world_with(const char *correlate, const char *store)
{
    struct world *w = mem_zero(sizeof *w);
    struct err e = {0};
    w->broker = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, &e);
    assert_true(w->broker && kafka_embedded_topic(w->broker, STR("q"), 1, &e) &&
                kafka_embedded_topic(w->broker, STR("r"), 2, &e));
    w->application = stranger_open(w->broker);
    w->loop = loop_open(NULL, &e);
    w->offload = offload_open("offload", &e);
    w->correlate = str_from(correlate);
    w->replies = (struct kafka_rpc_replies){"r", w->correlate};
    w->config = (struct kafka_rpc_config){
        .producer = {.brokers = str_from(kafka_embedded_address(w->broker)),
                     .conf = &w->properties,
                     .topics = request_topics,
                     .n_topics = 1,
                     .partition = -1,
                     .run = RUN,
                     .timeout_ns = 10 * NS_PER_S},
        .consumer_conf = &w->properties,
        .replies = &w->replies,
        .n_replies = 1,
        .correlates = &w->correlate,
        .n_correlates = 1,
        .reply_partition = -1,
        .ready_timeout_ns = 10 * NS_PER_S,
        .crew = kafka_rpc_crew_make(1),
    };
    assert_true(requests_store_parse(str_from(store), &w->arena, &w->config.store, &e));
    w->client =
        kafka_rpc_protocol.open(w->loop, w->offload, &w->config, (struct share){0, 1}, &events, w);
    TURN_UNTIL(w->loop, w->ready);
    kafka_rpc_protocol.begin(w->client);
    return w;
}

static struct world *open_world(const char *correlate)
{
    return open_world_with(correlate, "memory");
}

static void close_world(struct world *w)
{
    kafka_rpc_protocol.close(w->client);
    TURN_UNTIL(w->loop, w->closed);
    rd_kafka_destroy(w->application);
    kafka_rpc_crew_free(w->config.crew);
    offload_close(w->offload);
    loop_close(w->loop);
    kafka_embedded_close(w->broker);
    arena_free(&w->arena);
    mem_free(w);
}

/* ---- a request ---- */

static const struct kafka_rpc_call the_call;

struct asked {
    char value[64]; /* with the id, where one is wanted */
    char *id;
    struct kafka_rpc_request request;
    struct call *call;
};

/* `before` stands in front of the id in the value, `behind` behind; NULL: it has no id. */
static struct asked *ask(struct world *w, const char *before, const char *behind)
{
    struct asked *a = mem_zero(sizeof *a);
    size_t n = strlen(before);
    memcpy(a->value, before, n);
    a->id = a->value + n;
    if (behind)
        memcpy(a->id + KAFKA_ID_BYTES, behind, strlen(behind));
    n += behind ? KAFKA_ID_BYTES + strlen(behind) : 0;
    a->request = (struct kafka_rpc_request){
        .record = {.partition = -1, .value = {a->value, n}},
        .call = &the_call,
        .ids = &a->id,
        .n_ids = behind != NULL,
    };
    a->call = mem_zero(CALL_BYTES + kafka_rpc_protocol.call_size);
    a->call->due_ns = a->call->taken_ns = loop_now(w->loop);
    a->call->deadline.due_ns = a->call->due_ns + 10 * NS_PER_S;
    a->call->request = &a->request;
    a->call->as = &prepared;
    kafka_rpc_protocol.start(w->client, a->call, NULL);
    return a;
}

static void forget(struct asked *a)
{
    mem_free(a->call->outcome);
    mem_free(a->call);
    mem_free(a);
}

/* As the engine does when its time is over, or the run. */
static void cancel(struct world *w, struct asked *a, enum fate fate, const char *cause)
{
    struct outcome *o = call_outcome(w->client, a->call);
    o->done_ns = loop_now(w->loop);
    o->fate = fate;
    o->cause = cause;
    kafka_rpc_protocol.cancel(w->client, a->call);
}

/* From the application; an id of n 0: none. */
static void reply(struct world *w, const char *id, size_t n)
{
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = "r"},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {"answer", 6}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"correlationId", id, (ssize_t)n}},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(w->application, parts, n ? 4 : 3);
    assert_null(error);
    assert_int_equal(rd_kafka_flush(w->application, WAIT_MS), 0);
}

/* ---- what comes of it ---- */

static uint32_t slot_of(const struct asked *a)
{
    struct kafka_id id;
    assert_true(kafka_id_read((str){a->id, KAFKA_ID_BYTES}, &id));
    return id.slot;
}

static void a_request_is_acknowledged_and_answered(void **state)
{
    (void)state;
    struct world *w = open_world("header:correlationId");
    struct asked *a = ask(w, "", "");
    TURN_UNTIL(w->loop, w->acknowledged == 1);
    assert_int_equal(w->sent_as, FATE_OK);
    assert_int_equal(w->handed_over, 1);
    assert_int_equal(w->done, 0);
    assert_true(a->call->sent_ns >= a->call->due_ns);
    reply(w, a->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->done == 1);
    assert_int_equal(a->call->outcome->fate, FATE_OK);
    assert_int_equal(a->call->outcome->length, 6);
    assert_int_equal(a->call->outcome->bytes_sent, KAFKA_ID_BYTES);
    assert_true(a->call->outcome->done_ns >= a->call->sent_ns);
    assert_int_equal(w->classes[REPLY_IN_TIME], 1);
    struct asked *next = ask(w, "", "");
    assert_int_equal(slot_of(next), slot_of(a)); /* both sides of it are over */
    assert_memory_not_equal(next->id, a->id, KAFKA_ID_BYTES);
    cancel(w, next, FATE_ABANDONED, "the end");
    forget(next);
    forget(a);
    close_world(w);
}

static void the_same_reply_again_is_a_duplicate(void **state)
{
    (void)state;
    struct world *w = open_world("header:correlationId");
    struct asked *a = ask(w, "", "");
    TURN_UNTIL(w->loop, w->acknowledged == 1);
    reply(w, a->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->done == 1);
    reply(w, a->id, KAFKA_ID_BYTES);
    reply(w, a->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->classes[REPLY_AGAIN] == 2);
    assert_int_equal(w->done, 1);
    assert_int_equal(w->classes[REPLY_IN_TIME], 1);
    forget(a);
    close_world(w);
}

static void a_reply_behind_its_timeout_is_late_then_a_duplicate(void **state)
{
    (void)state;
    struct world *w = open_world("header:correlationId");
    struct asked *a = ask(w, "", "");
    TURN_UNTIL(w->loop, w->acknowledged == 1);
    cancel(w, a, FATE_TIMEOUT, "no answer (timeout)");
    assert_int_equal(w->done, 1);
    reply(w, a->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->classes[REPLY_TOO_LATE] == 1);
    assert_true(w->late_ns >= a->call->outcome->done_ns - a->call->due_ns);
    reply(w, a->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->classes[REPLY_AGAIN] == 1);
    assert_int_equal(w->classes[REPLY_IN_TIME], 0);
    forget(a);
    close_world(w);
}

static void replies_to_nobody(void **state)
{
    (void)state;
    char id[KAFKA_ID_BYTES];
    struct world *w = open_world("header:correlationId");
    kafka_id_write(&(struct kafka_id){.run = RUN + 1}, id);
    reply(w, id, sizeof id);
    kafka_id_write(&(struct kafka_id){.run = RUN, .sequence = 99}, id); /* never issued */
    reply(w, id, sizeof id);
    reply(w, "somebody else's", 15);
    TURN_UNTIL(w->loop, w->classes[REPLY_ORPHAN] == 3);
    reply(w, NULL, 0);
    TURN_UNTIL(w->loop, w->classes[REPLY_MALFORMED] == 1);
    assert_int_equal(w->classes[REPLY_ORPHAN], 3);
    close_world(w);
}

/* ---- what does not get that far ---- */

static struct asked *ask_without_id(struct world *w)
{
    unsigned before = w->done;
    struct asked *a = ask(w, "{}", NULL);
    assert_int_equal(w->done, before); /* never from within start */
    TURN_UNTIL(w->loop, w->done == before + 1);
    return a;
}

static void a_request_without_an_id_gives_its_slot_back(void **state)
{
    (void)state;
    struct world *w = open_world("json:/id");
    struct asked *first = ask(w, "{\"id\": \"", "\"}");
    for (int i = 0; i < 3; i++) {
        struct asked *none = ask_without_id(w);
        assert_int_equal(none->call->outcome->fate, FATE_ERROR);
        assert_string_equal(none->call->outcome->cause,
                            "the request has no correlation id where it is looked for");
        forget(none);
    }
    struct asked *second = ask(w, "{\"id\": \"", "\"}");
    assert_int_equal(slot_of(first), 0);
    assert_int_equal(slot_of(second), 1);
    TURN_UNTIL(w->loop, w->acknowledged == 2);
    cancel(w, first, FATE_ABANDONED, "the end");
    cancel(w, second, FATE_ABANDONED, "the end");
    forget(first);
    forget(second);
    close_world(w);
}

static void an_id_of_ones_own_is_used_once(void **state)
{
    (void)state;
    struct world *w = open_world("json:/id");
    struct asked *a = ask(w, "{\"id\": \"mine\"}", NULL), *b = ask(w, "{\"id\": \"mine\"}", NULL);
    TURN_UNTIL(w->loop, w->done == 1 && w->acknowledged == 1);
    assert_int_equal(b->call->outcome->fate, FATE_ERROR);
    assert_string_equal(b->call->outcome->cause, "its correlation id was used before");
    cancel(w, a, FATE_ABANDONED, "the end");
    forget(a);
    forget(b);
    close_world(w);
}

static void what_is_cancelled_in_its_turn_is_never_sent(void **state)
{
    (void)state;
    struct world *w = open_world("header:correlationId");
    struct asked *a = ask(w, "", ""), *b = ask(w, "", "");
    cancel(w, a, FATE_TIMEOUT, "timeout before send");
    assert_int_equal(w->done, 1);
    assert_int_equal(a->call->sent_ns, 0);
    TURN_UNTIL(w->loop, w->acknowledged == 1);
    reply(w, b->id, KAFKA_ID_BYTES);
    TURN_UNTIL(w->loop, w->done == 2);
    assert_int_equal(w->acknowledged, 1);
    reply(w, a->id, KAFKA_ID_BYTES); /* somebody guessed it */
    TURN_UNTIL(w->loop, w->classes[REPLY_TOO_LATE] == 1);
    forget(a);
    forget(b);
    close_world(w);
}

/* Its acknowledgement comes behind the call's end, which is when librdkafka gives the record back.
 */
static void it_closes_with_records_that_no_broker_took(void **state)
{
    (void)state;
    struct err e;
    struct world *w = open_world("header:correlationId");
    assert_true(kafka_embedded_down(w->broker, KAFKA_EVERY_BROKER, &e));
    struct asked *a = ask(w, "", "");
    TURN_UNTIL(w->loop, a->call->sent_ns > 0);
    cancel(w, a, FATE_ABANDONED, "abandoned at the end of the run");
    assert_int_equal(w->done, 1);
    forget(a);
    assert_int_equal(w->acknowledged, 0);
    assert_true(kafka_rpc_protocol.busy(w->client, true));
    TURN_UNTIL(w->loop, !kafka_rpc_protocol.busy(w->client, true));
    assert_int_equal(w->acknowledged, 1);
    assert_int_equal(w->sent_as, FATE_ABANDONED);
    close_world(w);
}

static void set_largest_file(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The first is in the batch that could not be written, the second came behind it. */
static void what_the_store_does_not_have_is_not_sent_and_says_so(void **state)
{
    (void)state;
    static const char no_store[] = "the store of requests in flight failed";
    char folder[] = "/tmp/weir-rpc-XXXXXX", store[64], file[64];
    assert_non_null(mkdtemp(folder));
    snprintf(store, sizeof store, "file:%s/j", folder);
    snprintf(file, sizeof file, "%s/j.0", folder);
    struct world *w = open_world_with("header:correlationId", store);
    w->may_fail = true;
    signal(SIGXFSZ, SIG_IGN);
    set_largest_file(16);
    struct asked *a = ask(w, "", "");
    TURN_UNTIL(w->loop, w->failed);
    struct asked *b = ask(w, "", "");
    cancel(w, b, FATE_ABANDONED, "abandoned at the end of the run");
    TURN_UNTIL(w->loop, w->done == 2);
    set_largest_file(RLIM_INFINITY);
    assert_int_equal(a->call->outcome->fate, FATE_ERROR);
    assert_string_equal(a->call->outcome->cause, no_store);
    assert_int_equal(b->call->outcome->fate, FATE_ABANDONED);
    assert_string_equal(b->call->outcome->cause, no_store);
    assert_int_equal(a->call->sent_ns + b->call->sent_ns, 0);
    forget(a);
    forget(b);
    close_world(w);
    unlink(file);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_acknowledged_and_answered),
        cmocka_unit_test(the_same_reply_again_is_a_duplicate),
        cmocka_unit_test(a_reply_behind_its_timeout_is_late_then_a_duplicate),
        cmocka_unit_test(replies_to_nobody),
        cmocka_unit_test(a_request_without_an_id_gives_its_slot_back),
        cmocka_unit_test(an_id_of_ones_own_is_used_once),
        cmocka_unit_test(what_is_cancelled_in_its_turn_is_never_sent),
        cmocka_unit_test(it_closes_with_records_that_no_broker_took),
        cmocka_unit_test(what_the_store_does_not_have_is_not_sent_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
