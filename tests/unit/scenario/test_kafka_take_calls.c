/* Awaited records as scripts say them: what their client reads, and what one call wants. */
#include "values.h"

#include <string.h>

#include "scenario/kafka_take_calls.h"

enum { SECOND = 1000000000 };

static struct program p;
static struct kafka_client_definition client;
static struct call_room room;
static unsigned n_keys;

static int open_all(void **state)
{
    (void)state;
    program_init(&p);
    client = (struct kafka_client_definition){.config.brokers = STR("b:1"), .client.timeout_ns = 5};
    room = (struct call_room){0};
    program_client_add(&p, &client.client, 2);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    buf_free(&room.bytes);
    program_free(&p);
    return 0;
}

static struct kafka_take_parts parts_of(const char *topic)
{
    return (struct kafka_take_parts){.key_text = arena_printf(&p.arena, "%u", ++n_keys),
                                     .topic = str_from(topic),
                                     .correlate = STR("key"),
                                     .from = STR("end"),
                                     .keep_ns = SECOND};
}

static struct call_definition *defined(const struct kafka_take_parts *parts)
{
    struct err e;
    struct call_definition *d = kafka_take_define(&p, &client, parts, &e);
    if (!d)
        fail_msg("%s", e.text);
    return d;
}

static void assert_refused(const struct kafka_take_parts *parts, const char *sentence)
{
    struct err e;
    assert_null(kafka_take_define(&p, &client, parts, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
}

static void the_first_one_makes_the_client(void **state)
{
    (void)state;
    struct kafka_take_parts parts = parts_of("t");
    const struct call_definition *d = defined(&parts);
    const struct kafka_take_config *c = &client.take_config;
    assert_ptr_equal(d->client, &client.take);
    assert_ptr_equal(client.take.spec.protocol, &kafka_take_protocol);
    assert_int_equal(client.take.number, 2);
    assert_int_equal(client.take.timeout_ns, 5);
    assert_int_equal(p.n_instances, 3);
    assert_true(str_eq(c->brokers, STR("b:1")));
    assert_int_equal(c->from.kind, KAFKA_FROM_END);
    assert_int_equal(c->n_topics, 1);
    assert_string_equal(c->topics[0].topic, "t");
    assert_true(str_eq(c->topics[0].correlate, STR("key")));
    assert_int_equal(c->topics[0].keep_ns, SECOND);
    assert_true(str_eq(d->name, STR("t")));
    assert_int_equal(d->n_tags, 3);
}

static void calls_of_a_topic_share_it(void **state)
{
    (void)state;
    struct kafka_take_parts first = parts_of("t"), other = parts_of("u"), again = parts_of("t");
    again.name = STR("again");
    defined(&first);
    defined(&other);
    const struct call_definition *d = defined(&again);
    assert_int_equal(client.take_config.n_topics, 2);
    assert_int_equal(p.n_instances, 3);
    assert_true(str_eq(d->name, STR("again")));
}

static void calls_of_a_topic_agree(void **state)
{
    (void)state;
    struct kafka_take_parts first = parts_of("t"), place = parts_of("t"), keep = parts_of("t"),
                            from = parts_of("u");
    defined(&first);
    place.correlate = STR("header:x");
    assert_refused(&place, "records of 't' have their ids in one place for all calls of a client, "
                           "and these are two: 'key' and 'header:x'");
    keep.keep_ns = 2 * (uint64_t)SECOND;
    assert_refused(&keep,
                   "records of 't' are kept for all calls of a client: 'keep' must be the same");
    from.from = STR("beginning");
    assert_refused(&from, "a client reads all its topics from one place, and these are two: 'end' "
                          "and 'beginning'; another weir.kafka may have its own");
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct kafka_take_parts place = parts_of("t"), group = parts_of("t"), late = parts_of("t");
    place.correlate = STR("kye");
    assert_refused(&place, "correlation 'kye': did you mean 'key'?");
    client.rpc_config.group = "g";
    assert_refused(&group, "kafka:consume reads all partitions, in no group: the client says group "
                           "= 'g'; make another weir.kafka for it");
    client.rpc_config.group = NULL;
    p.sealed = true;
    assert_refused(
        &late, "the client's first kafka:consume must be prepared at the top level of the file");
}

static void a_topic_that_is_new_while_users_run_is_refused(void **state)
{
    (void)state;
    struct kafka_take_parts first = parts_of("t"), other = parts_of("u"), same = parts_of("t");
    defined(&first);
    p.sealed = true;
    assert_refused(&other, "topic 'u' is new: a kafka:consume of it must be prepared at the top "
                           "level of the file");
    defined(&same);
}

static const struct kafka_take_request *rendered(struct values v)
{
    struct kafka_take_parts parts = parts_of("t");
    const struct call_definition *d = defined(&parts);
    const void *request;
    struct err e;
    if (!d->kind->render(d, &v.scope, &room, &request, &e))
        fail_msg("%s", e.text);
    return request;
}

static void the_id_is_the_calls_variable(void **state)
{
    (void)state;
    const struct value seven[] = {{"id", "7"}, {NULL, NULL}};
    assert_true(str_eq(rendered(values_of(seven, NULL))->id, STR("7")));
    assert_null(rendered(values_of(NULL, NULL))->id.p);
}

static void an_id_that_is_empty_is_none(void **state)
{
    (void)state;
    const struct value empty[] = {{"id", ""}, {NULL, NULL}}, null[] = {{"id", NULL}, {NULL, NULL}};
    struct kafka_take_parts parts = parts_of("t");
    const struct call_definition *d = defined(&parts);
    struct values e_values = values_of(empty, NULL), n_values = values_of(null, NULL);
    const void *request;
    struct err e;
    assert_false(d->kind->render(d, &e_values.scope, &room, &request, &e));
    assert_string_equal(e.text, "the id is empty; left out, any record will do");
    assert_false(d->kind->render(d, &n_values.scope, &room, &request, &e));
}

#define TAKE_TEST(f) cmocka_unit_test_setup_teardown(f, open_all, free_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAKE_TEST(the_first_one_makes_the_client),
        TAKE_TEST(calls_of_a_topic_share_it),
        TAKE_TEST(calls_of_a_topic_agree),
        TAKE_TEST(what_cannot_be_is_refused),
        TAKE_TEST(a_topic_that_is_new_while_users_run_is_refused),
        TAKE_TEST(the_id_is_the_calls_variable),
        TAKE_TEST(an_id_that_is_empty_is_none),
    };
    return UNIT_RUN(tests);
}
