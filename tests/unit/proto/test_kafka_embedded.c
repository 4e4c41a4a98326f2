/* The embedded broker, seen by a client of its own: where it listens, its topics, its faults and
 * what it says of its retention. */
#include "unit.h"

#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/kafka_embedded.h"

enum { BROKERS = 3, WAIT_MS = 10000 };

static struct kafka_embedded *open_at(unsigned port, unsigned brokers)
{
    struct err e = {0};
    struct kafka_embedded *b =
        kafka_embedded_open(&(struct kafka_embedded_options){.port = port, .brokers = brokers}, &e);
    if (!b)
        fail_msg("%s", e.text);
    return b;
}

static struct kafka_embedded *open_any(unsigned brokers)
{
    return open_at(0, brokers);
}

static void refuses_port(unsigned port, unsigned brokers, unsigned taken)
{
    char sentence[200];
    struct err e = {0};
    snprintf(sentence, sizeof sentence,
             "cannot listen on 127.0.0.1:%u: Address already in use; is another broker running? "
             "Port 0 takes a free one",
             taken);
    assert_null(kafka_embedded_open(
        &(struct kafka_embedded_options){.port = port, .brokers = brokers}, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(e.kind, ERR_RUN);
}

/* ---- ports ---- */

static int listen_at(unsigned port, int backlog)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, backlog) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static unsigned port_of(const char *address)
{
    return (unsigned)atoi(strrchr(address, ':') + 1);
}

/* Three ports in a row that nobody listens on. */
static unsigned free_ports(void)
{
    for (unsigned port = 20011; port < 32000; port += 7) {
        int fds[BROKERS];
        bool all = true;
        for (unsigned i = 0; i < BROKERS; i++)
            all = (fds[i] = listen_at(port + i, 1)) >= 0 && all;
        for (unsigned i = 0; i < BROKERS; i++)
            close(fds[i]);
        if (all)
            return port;
    }
    fail_msg("no three free ports");
    return 0;
}

static void it_listens_where_it_was_told(void **state)
{
    (void)state;
    char address[100];
    unsigned port = free_ports();
    struct kafka_embedded *b = open_at(port, BROKERS);
    snprintf(address, sizeof address, "127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u", port, port + 1,
             port + 2);
    assert_string_equal(kafka_embedded_address(b), address);
    assert_int_equal(listen_at(port + 2, 1), -1);
    kafka_embedded_close(b);
    b = open_at(port, 1); /* free again, though connections to it are just over */
    kafka_embedded_close(b);
}

static void a_taken_port_is_a_sentence(void **state)
{
    (void)state;
    unsigned port = free_ports();
    int other = listen_at(port + 1, 1);
    refuses_port(port + 1, 1, port + 1);
    refuses_port(port, BROKERS, port + 1);
    close(other);
    struct kafka_embedded *b = open_at(port, BROKERS); /* what was opened for that is closed */
    refuses_port(port, 1, port);
    kafka_embedded_close(b);
}

static void other_sockets_bind_as_ever(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct kafka_embedded *a = open_any(1), *b = open_any(1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t n = sizeof at;
    assert_string_not_equal(kafka_embedded_address(a), kafka_embedded_address(b));
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), -1); /* libc's own answer: EINVAL */
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    assert_int_not_equal(ntohs(at.sin_port), port_of(kafka_embedded_address(a)));
    close(fd);
    kafka_embedded_close(b);
    kafka_embedded_close(a);
}

/* ---- clients ---- */

static rd_kafka_t *client(rd_kafka_type_t type, const struct kafka_embedded *b)
{
    char why[256];
    const char *const properties[][2] = {
        {"bootstrap.servers", kafka_embedded_address(b)},
        {"log_level", "0"},
        {"reconnect.backoff.ms", "20"},
        {"reconnect.backoff.max.ms", "50"},
        {"topic.metadata.refresh.fast.interval.ms", "20"},
        {"message.timeout.ms", "10000"},
        {"retries", "0"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        rd_kafka_conf_set(conf, properties[i][0], properties[i][1], why, sizeof why);
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    assert_non_null(rk);
    return rk;
}

static void keep_error(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    (void)rk;
    (void)opaque;
    *(rd_kafka_resp_err_t *)m->_private = m->err;
}

/* Produces records and gives the error that the last ended with. */
static rd_kafka_resp_err_t produce(const struct kafka_embedded *b, const char *topic, size_t bytes,
                                   unsigned records)
{
    char why[256];
    rd_kafka_resp_err_t last = RD_KAFKA_RESP_ERR__IN_PROGRESS;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", kafka_embedded_address(b), why, sizeof why);
    rd_kafka_conf_set(conf, "retries", "0", why, sizeof why);
    rd_kafka_conf_set(conf, "linger.ms", "0", why, sizeof why);
    rd_kafka_conf_set(conf, "log_level", "0", why, sizeof why);
    rd_kafka_conf_set_dr_msg_cb(conf, keep_error);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    assert_non_null(rk);
    rd_kafka_topic_t *to = rd_kafka_topic_new(rk, topic, NULL);
    char *value = calloc(bytes, 1);
    for (unsigned i = 0; i < records; i++)
        assert_int_equal(rd_kafka_produce(to, 0, RD_KAFKA_MSG_F_COPY, value, bytes, NULL, 0, &last),
                         0);
    assert_int_equal(rd_kafka_flush(rk, WAIT_MS), 0);
    rd_kafka_topic_destroy(to);
    rd_kafka_destroy(rk);
    free(value);
    return last;
}

/* What a client sees of the topics. */
static const struct rd_kafka_metadata *look(const struct kafka_embedded *b, rd_kafka_t **rk)
{
    const struct rd_kafka_metadata *all = NULL;
    *rk = client(RD_KAFKA_CONSUMER, b);
    assert_int_equal(rd_kafka_metadata(*rk, 1, NULL, &all, WAIT_MS), 0);
    return all;
}

static int leader_of(const struct kafka_embedded *b, const char *topic, int partition)
{
    rd_kafka_t *rk;
    int leader = -2;
    const struct rd_kafka_metadata *all = look(b, &rk);
    for (int i = 0; i < all->topic_cnt; i++)
        if (strcmp(all->topics[i].topic, topic) == 0)
            leader = all->topics[i].partitions[partition].leader;
    rd_kafka_metadata_destroy(all);
    rd_kafka_destroy(rk);
    return leader;
}

/* ---- topics ---- */

static void refuses_topic(struct kafka_embedded *b, str name, unsigned partitions, const char *why)
{
    struct err e = {0};
    assert_false(kafka_embedded_topic(b, name, partitions, &e));
    assert_string_equal(e.text, why);
}

static void topics_have_the_partitions_asked_for(void **state)
{
    (void)state;
    struct err e = {0};
    rd_kafka_t *rk;
    struct kafka_embedded *b = open_any(BROKERS);
    assert_true(kafka_embedded_topic(b, STR("orders"), 6, &e));
    refuses_topic(b, STR("orders"), 6, "there is a topic 'orders' already");
    refuses_topic(b, STR("a b"), 6,
                  "'a b' is not a topic's name; it has 1 to 249 letters, digits, dots, _ or -");
    refuses_topic(b, STR("a"), 0, "a topic here has 1 to 10000 partitions, not 0");
    refuses_topic(b, STR("a"), 10001, "a topic here has 1 to 10000 partitions, not 10001");
    const struct rd_kafka_metadata *all = look(b, &rk);
    assert_int_equal(all->broker_cnt, BROKERS);
    assert_int_equal(all->topic_cnt, 1);
    assert_string_equal(all->topics[0].topic, "orders");
    assert_int_equal(all->topics[0].partition_cnt, 6);
    assert_int_equal(all->topics[0].partitions[5].replica_cnt, 3);
    rd_kafka_metadata_destroy(all);
    rd_kafka_destroy(rk);
    kafka_embedded_close(b);
}

static void names_are_kafkas(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", "a:b", "a/b", "\xc3\xa4"};
    char longest[250];
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    memset(longest, 'x', sizeof longest);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(kafka_embedded_topic(b, str_from(bad[i]), 1, &e));
    assert_false(kafka_embedded_topic(b, (str){longest, 250}, 1, &e));
    assert_true(kafka_embedded_topic(b, (str){longest, 249}, 1, &e));
    assert_true(kafka_embedded_topic(b, STR("A-b_c.9"), 1, &e));
    kafka_embedded_close(b);
}

/* ---- faults ---- */

static void refuses_broker(struct kafka_embedded *b, int broker, const char *why)
{
    struct err e = {0};
    assert_false(kafka_embedded_delay(b, broker, 1, &e));
    assert_string_equal(e.text, why);
    assert_false(kafka_embedded_down(b, broker, &e));
    assert_false(kafka_embedded_up(b, broker, &e));
    assert_false(kafka_embedded_fail(b, broker, STR("PRODUCE"), STR("_TRANSPORT"), 1, &e));
    assert_string_equal(e.text, why);
}

static void a_broker_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct kafka_embedded *one = open_any(1), *three = open_any(BROKERS);
    refuses_broker(one, 2, "there is no broker 2; there is only broker 1");
    refuses_broker(one, 0, "there is no broker 0; there is only broker 1");
    refuses_broker(three, 4, "there is no broker 4; the brokers are 1 to 3");
    kafka_embedded_close(three);
    kafka_embedded_close(one);
}

static uint64_t time_of_a_look(const struct kafka_embedded *b)
{
    rd_kafka_t *rk;
    uint64_t begin = clock_now_ns();
    rd_kafka_metadata_destroy(look(b, &rk));
    uint64_t took = clock_now_ns() - begin;
    rd_kafka_destroy(rk);
    return took;
}

static void answers_come_later_when_asked_to(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    assert_true(kafka_embedded_delay(b, KAFKA_EVERY_BROKER, 300, &e));
    uint64_t late = time_of_a_look(b); /* which versions, what topics: two answers */
    assert_true(late >= 600 * NS_PER_MS);
    assert_true(kafka_embedded_delay(b, 1, 0, &e));
    assert_true(time_of_a_look(b) < late);
    kafka_embedded_close(b);
}

static bool accepts(const struct kafka_embedded *b)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)port_of(kafka_embedded_address(b)))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return good;
}

static void a_broker_goes_down_and_comes_up_again(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    assert_true(kafka_embedded_topic(b, STR("t"), 1, &e));
    assert_true(accepts(b));
    assert_true(kafka_embedded_down(b, 1, &e));
    assert_false(accepts(b));
    assert_true(kafka_embedded_down(b, KAFKA_EVERY_BROKER, &e)); /* again: nothing happens */
    assert_true(kafka_embedded_up(b, KAFKA_EVERY_BROKER, &e));
    assert_true(kafka_embedded_up(b, 1, &e));
    assert_true(accepts(b));
    assert_int_equal(produce(b, "t", 10, 1), 0);
    kafka_embedded_close(b);
}

static void it_stays_down_while_another_has_its_port(void **state)
{
    (void)state;
    char sentence[100];
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    unsigned port = port_of(kafka_embedded_address(b));
    assert_true(kafka_embedded_down(b, 1, &e));
    int other = listen_at(port, 1);
    assert_true(other >= 0);
    assert_false(kafka_embedded_up(b, 1, &e));
    snprintf(sentence, sizeof sentence, "another process listens on 127.0.0.1:%u now", port);
    assert_string_equal(e.text, sentence);
    close(other);
    assert_true(kafka_embedded_up(b, 1, &e));
    kafka_embedded_close(b);
}

static void the_next_requests_fail_and_no_more(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    assert_true(kafka_embedded_topic(b, STR("t"), 1, &e));
    assert_true(kafka_embedded_fail(b, KAFKA_EVERY_BROKER, STR("PRODUCE"),
                                    STR("INVALID_REQUIRED_ACKS"), 2, &e));
    assert_int_equal(produce(b, "t", 10, 1), RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS);
    assert_int_equal(produce(b, "t", 10, 1), RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS);
    assert_int_equal(produce(b, "t", 10, 1), 0);
    kafka_embedded_close(b);
}

static void a_connection_is_cut_when_asked_to(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    assert_true(kafka_embedded_topic(b, STR("t"), 1, &e));
    assert_true(kafka_embedded_fail(b, 1, STR("PRODUCE"), STR("_TRANSPORT"), 1, &e));
    assert_int_equal(produce(b, "t", 10, 1), RD_KAFKA_RESP_ERR__TRANSPORT);
    assert_int_equal(produce(b, "t", 10, 1), 0);
    kafka_embedded_close(b);
}

static void refuses_error(struct kafka_embedded *b, const char *request, const char *error,
                          unsigned n, const char *why)
{
    struct err e = {0};
    assert_false(kafka_embedded_fail(b, 1, str_from(request), str_from(error), n, &e));
    assert_string_equal(e.text, why);
    assert_int_equal(e.kind, ERR_USAGE);
}

static void errors_and_requests_have_kafkas_names(void **state)
{
    (void)state;
    struct kafka_embedded *b = open_any(1);
    refuses_error(b, "PRODUCES", "_TRANSPORT", 1,
                  "'PRODUCES' is not a request; did you mean PRODUCE?");
    refuses_error(b, "METADATA", "_TRANSPORT", 1, /* the mock would not obey */
                  "'METADATA' is not a request; there are PRODUCE FETCH LIST_OFFSETS OFFSET_COMMIT "
                  "OFFSET_FETCH FIND_COORDINATOR JOIN_GROUP HEARTBEAT LEAVE_GROUP SYNC_GROUP "
                  "API_VERSIONS INIT_PRODUCER_ID ADD_PARTITIONS_TO_TXN ADD_OFFSETS_TO_TXN END_TXN "
                  "TXN_OFFSET_COMMIT");
    refuses_error(b, "PRODUCE", "NOT_LEADER", 1,
                  "'NOT_LEADER' is not an error; did you mean NOT_LEADER_FOR_PARTITION?");
    refuses_error(b, "PRODUCE", "_TIMED_OUT", 1, /* no broker says that */
                  "'_TIMED_OUT' is not an error; write it as Kafka does: NOT_LEADER_FOR_PARTITION");
    refuses_error(b, "PRODUCE", "MSG_SIZE_TOO_LARGE", 0,
                  "1 to 10000 requests can be made to fail, not 0");
    kafka_embedded_close(b);
}

static void leaders_move(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(BROKERS);
    assert_true(kafka_embedded_topic(b, STR("t"), 2, &e));
    for (int broker = 1; broker <= BROKERS; broker++) {
        assert_true(kafka_embedded_lead(b, broker, STR("t"), 1, &e));
        assert_int_equal(leader_of(b, "t", 1), broker);
    }
    assert_true(kafka_embedded_lead(b, KAFKA_NO_BROKER, STR("t"), 1, &e));
    assert_int_equal(leader_of(b, "t", 1), -1);
    assert_false(kafka_embedded_lead(b, 1, STR("t"), 2, &e));
    assert_string_equal(e.text, "topic 't' has no partition 2; the first is 0");
    assert_false(kafka_embedded_lead(b, 1, STR("t"), UINT32_MAX, &e));
    assert_false(kafka_embedded_lead(b, 4, STR("t"), 0, &e));
    assert_string_equal(e.text, "there is no broker 4; the brokers are 1 to 3");
    kafka_embedded_close(b);
}

static void to_move_a_leader_makes_no_topic(void **state)
{
    (void)state;
    struct err e = {0};
    struct kafka_embedded *b = open_any(1);
    assert_false(kafka_embedded_lead(b, 1, STR("nobody"), 0, &e));
    assert_string_equal(e.text, "there is no topic 'nobody'");
    assert_int_equal(leader_of(b, "nobody", 0), -2);
    assert_true(kafka_embedded_down(b, 1, &e));
    assert_false(kafka_embedded_lead(b, 1, STR("nobody"), 0, &e));
    assert_string_equal(e.text, "no broker answers whether there is a topic 'nobody'");
    kafka_embedded_close(b);
}

/* ---- retention ---- */

enum { RECORD = 100 * 1000, RECORDS = 80 }; /* 8 MB, of which about 5 MB stay */

static void what_was_dropped_is_known(void **state)
{
    (void)state;
    struct err e = {0};
    struct arena arena = {0};
    struct kafka_dropped *list;
    size_t n;
    int64_t low, high;
    struct kafka_embedded *b = open_any(BROKERS);
    assert_true(kafka_embedded_topic(b, STR("small"), 2, &e));
    assert_true(kafka_embedded_topic(b, STR("big"), 2, &e));
    assert_true(kafka_embedded_dropped(b, &arena, &list, &n));
    assert_int_equal(n, 0);
    assert_int_equal(produce(b, "small", RECORD, 1), 0);
    assert_int_equal(produce(b, "big", RECORD, RECORDS), 0);
    assert_true(kafka_embedded_dropped(b, &arena, &list, &n));
    rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, b);
    assert_int_equal(rd_kafka_query_watermark_offsets(rk, "big", 0, &low, &high, WAIT_MS), 0);
    rd_kafka_destroy(rk);
    assert_int_equal(n, 1);
    assert_true(str_eq(list[0].topic, STR("big")));
    assert_int_equal(list[0].partitions, 1);
    assert_int_equal(list[0].records, low);
    assert_true(low > RECORDS / 4 && low < RECORDS / 2);
    assert_int_equal(high, RECORDS);
    arena_free(&arena);
    kafka_embedded_close(b);
}

static void a_question_disturbs_no_fault(void **state)
{
    (void)state;
    struct err e = {0};
    struct arena arena = {0};
    struct kafka_dropped *list;
    size_t n;
    struct kafka_embedded *b = open_any(1);
    assert_true(kafka_embedded_topic(b, STR("t"), 1, &e));
    assert_true(
        kafka_embedded_fail(b, 1, STR("LIST_OFFSETS"), STR("TOPIC_AUTHORIZATION_FAILED"), 1, &e));
    assert_false(kafka_embedded_dropped(b, &arena, &list, &n));
    rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, b);
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(asked, "t", 0)->offset = 0; /* one question, unlike an ask
                                                                   * for both watermarks */
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(rk, asked, WAIT_MS);
    assert_int_equal(code ? code : asked->elems[0].err,
                     RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    rd_kafka_topic_partition_list_destroy(asked);
    rd_kafka_destroy(rk);
    assert_true(kafka_embedded_dropped(b, &arena, &list, &n));
    assert_true(kafka_embedded_down(b, 1, &e));
    assert_false(kafka_embedded_dropped(b, &arena, &list, &n));
    arena_free(&arena);
    kafka_embedded_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_listens_where_it_was_told),
        cmocka_unit_test(a_taken_port_is_a_sentence),
        cmocka_unit_test(other_sockets_bind_as_ever),
        cmocka_unit_test(topics_have_the_partitions_asked_for),
        cmocka_unit_test(names_are_kafkas),
        cmocka_unit_test(a_broker_that_is_not_there_is_named),
        cmocka_unit_test(answers_come_later_when_asked_to),
        cmocka_unit_test(a_broker_goes_down_and_comes_up_again),
        cmocka_unit_test(it_stays_down_while_another_has_its_port),
        cmocka_unit_test(the_next_requests_fail_and_no_more),
        cmocka_unit_test(a_connection_is_cut_when_asked_to),
        cmocka_unit_test(errors_and_requests_have_kafkas_names),
        cmocka_unit_test(leaders_move),
        cmocka_unit_test(to_move_a_leader_makes_no_topic),
        cmocka_unit_test(what_was_dropped_is_known),
        cmocka_unit_test(a_question_disturbs_no_fault),
    };
    return UNIT_RUN(tests);
}
