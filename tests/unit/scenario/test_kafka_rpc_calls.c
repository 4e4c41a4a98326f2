/* Requests with replies as scripts say them, as the records that one call sends: where ids stand,
 * and what is refused because no reply could be told from another. */
#include "values.h"

#include <string.h>

#include "proto/kafka_id.h"
#include "scenario/kafka_rpc_calls.h"

#define ID       "----------------------------"
#define TEXT(z)  ((struct record_field){FIELD_TEXT, STR(z)})
#define JSON(z)  ((struct record_field){FIELD_JSON, STR(z)})
#define NO_VALUE ((struct record_field){.kind = FIELD_NULL})

static struct program p;
static struct kafka_client_definition client;
static struct call_room room;
static unsigned n_keys;

static int open_all(void **state)
{
    (void)state;
    program_init(&p);
    client = (struct kafka_client_definition){.senders = 2, .pairs = 1};
    room = (struct call_room){0};
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    buf_free(&room.bytes);
    buf_free(&room.body);
    buf_free(&room.headers);
    buf_free(&room.ids);
    program_free(&p);
    return 0;
}

static struct kafka_rpc_parts parts_with(const char *correlate)
{
    return (struct kafka_rpc_parts){
        .key_text = arena_printf(&p.arena, "%u", ++n_keys),
        .request = STR("orders"),
        .reply = STR("replies"),
        .record = {.value = TEXT("v"), .open_headers = true},
        .correlate = {str_from(correlate), str_from(correlate)},
    };
}

static struct call_definition *defined(const struct kafka_rpc_parts *parts)
{
    struct err e;
    struct call_definition *d = kafka_rpc_define(&p, &client, parts, &e);
    if (!d)
        fail_msg("%s", e.text);
    return d;
}

static void assert_refused(const struct kafka_rpc_parts *parts, const char *sentence)
{
    struct err e;
    assert_null(kafka_rpc_define(&p, &client, parts, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
}

static const struct kafka_rpc_request *rendered(const struct kafka_rpc_parts *parts,
                                                struct values v)
{
    const struct call_definition *d = defined(parts);
    const void *request;
    struct err e;
    if (!d->kind->render(d, &v.scope, &room, &request, &e))
        fail_msg("%s", e.text);
    return request;
}

static struct values no_values(void)
{
    return values_of(NULL, NULL);
}

static void assert_header(const struct kafka_rpc_request *q, unsigned i, const char *name,
                          const char *value)
{
    assert_true(i < q->record.n_headers);
    assert_true(str_eq(q->record.headers[i].name, str_from(name)));
    assert_int_equal(value == NULL, q->record.headers[i].value.p == NULL);
    if (value)
        assert_true(str_eq(q->record.headers[i].value, str_from(value)));
}

/* ---- where ids stand ---- */

static void the_usual_place_is_a_header(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with(KAFKA_CORRELATE_USUAL);
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_null(q->record.key.p);
    assert_true(str_eq(q->record.value, STR("v")));
    assert_int_equal(q->record.partition, -1);
    assert_int_equal(q->record.n_headers, 1);
    assert_header(q, 0, "correlationId", ID);
    assert_int_equal(q->n_ids, 1);
    assert_ptr_equal(q->ids[0], q->record.headers[0].value.p);
}

static void what_is_written_at_an_id_is_in_the_record(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with("json:/id");
    parts.record.value = JSON("{\"id\":\"${correlation_id}\",\"twice\":\"${correlation_id}\"}");
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_int_equal(q->n_ids, 2);
    assert_int_equal(q->record.n_headers, 0);
    for (unsigned i = 0; i < q->n_ids; i++)
        memset(q->ids[i], 'a' + (int)i, KAFKA_ID_BYTES);
    assert_true(str_eq(q->record.value, STR("{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
                                            "\"twice\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}")));
}

static void an_id_in_the_value_does_not_replace_the_header(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with("header:id");
    parts.record.value = TEXT("for ${correlation_id}");
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_int_equal(q->n_ids, 2);
    assert_header(q, 0, "id", ID);
    assert_true(str_eq(q->record.value, STR("for " ID)));
}

static void a_key_that_is_left_out_is_the_id(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with("key");
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_true(str_eq(q->record.key, STR(ID)));
    assert_int_equal(q->n_ids, 1);
    assert_ptr_equal(q->ids[0], q->record.key.p);
    assert_int_equal(q->record.n_headers, 0);
}

static void ids_of_the_scripts_own_stay(void **state)
{
    (void)state;
    const struct value key[] = {{"key", "mine"}, {NULL, NULL}};
    const struct value pairs[] = {{"correlationId", "other"}, {NULL, NULL}};
    struct kafka_rpc_parts by_key = parts_with("key");
    const struct kafka_rpc_request *q = rendered(&by_key, values_of(key, NULL));
    assert_true(str_eq(q->record.key, STR("mine")));
    assert_int_equal(q->n_ids, 0);
    struct kafka_rpc_parts by_header = parts_with(KAFKA_CORRELATE_USUAL);
    by_header.reply = STR("others");
    q = rendered(&by_header, values_of(NULL, pairs));
    assert_int_equal(q->record.n_headers, 1);
    assert_header(q, 0, "correlationId", "other");
    assert_int_equal(q->n_ids, 0);
}

static void a_header_without_a_value_is_no_id(void **state)
{
    (void)state;
    const struct value empty[] = {{"correlationId", ""}, {"a", NULL}, {NULL, NULL}};
    struct kafka_rpc_parts parts = parts_with(KAFKA_CORRELATE_USUAL);
    const struct kafka_rpc_request *q = rendered(&parts, values_of(NULL, empty));
    assert_int_equal(q->record.n_headers, 3);
    assert_header(q, 0, "correlationId", "");
    assert_header(q, 1, "a", NULL);
    assert_header(q, 2, "correlationId", ID);
    assert_int_equal(q->n_ids, 1);
}

static void rooms_are_used_again(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with("key");
    rendered(&parts, no_values());
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_int_equal(q->n_ids, 1);
    const struct value key[] = {{"key", "mine"}, {NULL, NULL}};
    assert_int_equal(rendered(&parts, values_of(key, NULL))->n_ids, 0);
}

static void null_and_empty_are_different(void **state)
{
    (void)state;
    const struct value empty[] = {{"key", ""}, {NULL, NULL}};
    struct kafka_rpc_parts parts = parts_with(KAFKA_CORRELATE_USUAL);
    parts.record.value = NO_VALUE;
    const struct kafka_rpc_request *q = rendered(&parts, values_of(empty, NULL));
    assert_null(q->record.value.p);
    assert_non_null(q->record.key.p);
    assert_int_equal(q->record.key.n, 0);
}

/* ---- what cannot work ---- */

static void the_same_id_in_each_request_is_refused(void **state)
{
    (void)state;
    struct kafka_rpc_parts key = parts_with("key");
    key.record.key = TEXT("same");
    assert_refused(&key,
                   "correlate = \"key\" cannot work with the same key for all requests: their "
                   "replies could not be told apart; leave the key out, write "
                   "${correlation_id} into it, or correlate by a header");
    key.record.key = NO_VALUE;
    key.key_text = STR("null");
    assert_refused(&key,
                   "correlate = \"key\" cannot work with the same key for all requests: their "
                   "replies could not be told apart; leave the key out, write "
                   "${correlation_id} into it, or correlate by a header");
    struct kafka_rpc_parts value = parts_with("json:/id");
    assert_refused(&value,
                   "correlate = \"json:/id\" looks for the id in the value, and the value is the "
                   "same for all requests: write ${correlation_id} where it belongs");
    struct kafka_rpc_parts header = parts_with("header:x");
    struct record_header same = {STR("x"), TEXT("1")};
    header.record.headers = &same;
    header.record.n_headers = 1;
    assert_refused(&header,
                   "the header 'x' is the same in all requests: their replies could not be "
                   "told apart; leave it out, weir puts an id there");
}

static void the_same_key_is_no_matter_under_a_header(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with(KAFKA_CORRELATE_USUAL);
    parts.record.key = TEXT("same");
    const struct kafka_rpc_request *q = rendered(&parts, no_values());
    assert_true(str_eq(q->record.key, STR("same")));
    assert_header(q, 0, "correlationId", ID);
}

static void values_that_differ_may_have_ids_of_their_own(void **state)
{
    (void)state;
    const struct value order[] = {{"order", "7"}, {NULL, NULL}};
    struct kafka_rpc_parts parts = parts_with("bytes:0,1");
    parts.record.value = TEXT("${order}");
    assert_int_equal(rendered(&parts, values_of(order, NULL))->n_ids, 0);
}

static void wrong_places_are_refused(void **state)
{
    (void)state;
    struct kafka_rpc_parts parts = parts_with("headr:x");
    assert_refused(&parts, "correlation 'headr:x': did you mean 'header'?");
}

/* ---- what the client is opened with ---- */

static void calls_share_topics_and_places(void **state)
{
    (void)state;
    const struct kafka_rpc_config *c = &client.rpc_config;
    struct kafka_rpc_parts first = parts_with(KAFKA_CORRELATE_USUAL), second = first, third;
    second.key_text = STR("second");
    second.reply = STR("others");
    second.by_timestamp = true;
    third = second;
    third.key_text = STR("third");
    third.correlate.request = STR("key");
    third.record.partition = TEXT("4");
    assert_int_equal(rendered(&first, no_values())->call->reply, 0);
    const struct kafka_rpc_request *q = rendered(&second, no_values());
    assert_int_equal(q->call->reply, 1);
    assert_int_equal(q->call->correlate, 0);
    assert_true(q->call->by_timestamp);
    assert_int_equal(rendered(&third, no_values())->call->correlate, 1);
    assert_int_equal(c->n_replies, 2);
    assert_string_equal(c->replies[1].topic, "others");
    assert_int_equal(c->n_correlates, 2);
    assert_int_equal(c->producer.n_topics, 1);
    assert_int_equal(c->producer.partition, 4);
}

static void the_first_request_makes_the_client(void **state)
{
    (void)state;
    assert_int_equal(client.rpc.instances, 0);
    struct kafka_rpc_parts parts = parts_with(KAFKA_CORRELATE_USUAL);
    const struct call_definition *d = defined(&parts);
    assert_ptr_equal(d->client, &client.rpc);
    assert_int_equal(client.rpc.number, 0);
    assert_ptr_equal(client.rpc.spec.protocol, &kafka_rpc_protocol);
    assert_int_equal(p.n_instances, 1);
    assert_true(str_eq(d->name, STR("orders")));
}

static void one_topic_has_its_ids_in_one_place(void **state)
{
    (void)state;
    struct kafka_rpc_parts first = parts_with(KAFKA_CORRELATE_USUAL), second = parts_with("key");
    defined(&first);
    assert_refused(&second, "replies on 'replies' have their ids in one place for all calls of a "
                            "client, and these are two: 'header:correlationId' and 'key'");
}

static void what_is_new_while_users_run_is_refused(void **state)
{
    (void)state;
    struct kafka_rpc_parts first = parts_with(KAFKA_CORRELATE_USUAL), topic = first, reply = first,
                           place = first, same = first;
    topic.key_text = STR("topic");
    topic.request = STR("new");
    reply.key_text = STR("reply");
    reply.reply = STR("new");
    place.key_text = STR("place");
    place.correlate.request = STR("key");
    same.key_text = STR("same");
    p.sealed = true;
    assert_refused(&first,
                   "the client's first request must be prepared at the top level of the file");
    p.sealed = false;
    defined(&first);
    p.sealed = true;
    assert_refused(&topic, "topic 'new' is new: a request to it must be made at the top level of "
                           "the file");
    assert_refused(&reply, "the topic of replies 'new' is new: a request with it must be prepared "
                           "at the top level of the file");
    assert_refused(&place, "the place of ids 'key' is new: a request with it must be prepared at "
                           "the top level of the file");
    defined(&same);
}

#define RPC_TEST(f) cmocka_unit_test_setup_teardown(f, open_all, free_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(the_usual_place_is_a_header),
        RPC_TEST(what_is_written_at_an_id_is_in_the_record),
        RPC_TEST(an_id_in_the_value_does_not_replace_the_header),
        RPC_TEST(a_key_that_is_left_out_is_the_id),
        RPC_TEST(ids_of_the_scripts_own_stay),
        RPC_TEST(a_header_without_a_value_is_no_id),
        RPC_TEST(rooms_are_used_again),
        RPC_TEST(null_and_empty_are_different),
        RPC_TEST(the_same_id_in_each_request_is_refused),
        RPC_TEST(the_same_key_is_no_matter_under_a_header),
        RPC_TEST(values_that_differ_may_have_ids_of_their_own),
        RPC_TEST(wrong_places_are_refused),
        RPC_TEST(calls_share_topics_and_places),
        RPC_TEST(the_first_request_makes_the_client),
        RPC_TEST(one_topic_has_its_ids_in_one_place),
        RPC_TEST(what_is_new_while_users_run_is_refused),
    };
    return UNIT_RUN(tests);
}
