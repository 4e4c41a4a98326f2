/* Lines that a running broker is told: what it answers, and that wrong ones do nothing. */
#include "unit.h"

#include "cli/broker_commands.h"

static struct broker_control open_broker(unsigned brokers)
{
    struct err e = {0};
    struct broker_control c = {.partitions = 6};
    c.broker = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = brokers}, &e);
    if (!c.broker)
        fail_msg("%s", e.text);
    return c;
}

static void says(const struct broker_control *c, const char *line, const char *answer)
{
    struct err e = {0};
    struct buf done = {0};
    if (!broker_command(c, str_from(line), &done, &e))
        fail_msg("%s: %s", line, e.text);
    buf_char(&done, 0);
    assert_string_equal(done.p, answer);
    buf_free(&done);
}

static void refuses(const struct broker_control *c, const char *line, const char *sentence)
{
    struct err e = {0};
    struct buf done = {0};
    assert_false(broker_command(c, str_from(line), &done, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(done.n, 0);
    buf_free(&done);
}

static void each_command_says_what_it_did(void **state)
{
    (void)state;
    struct broker_control c = open_broker(3);
    says(&c, "topic orders", "topic orders has 6 partitions");
    says(&c, "topic one 1", "topic one has 1 partition");
    says(&c, "rtt 100ms", "every broker answers 100ms later");
    says(&c, "rtt 1 2", "broker 2 answers 1s later");
    says(&c, "  rtt   0  ", "every broker answers at once");
    says(&c, "leader orders 5 3", "topic orders partition 5 is led by broker 3");
    says(&c, "leader orders 5 none", "topic orders partition 5 is led by none");
    says(&c, "error PRODUCE NOT_LEADER_FOR_PARTITION 3",
         "the next 3 PRODUCE at every broker fail with NOT_LEADER_FOR_PARTITION");
    says(&c, "error FETCH _TRANSPORT 1 2", "the next 1 FETCH at broker 2 fail with _TRANSPORT");
    says(&c, "down 2", "broker 2 is down");
    says(&c, "down", "every broker is down");
    says(&c, "up", "every broker is up");
    says(&c, "up 1", "broker 1 is up");
    says(&c, "help",
         "rtt T [BROKER] | down [BROKER] | up [BROKER] | error REQUEST ERROR N [BROKER] | leader "
         "TOPIC PARTITION BROKER|none | topic NAME [PARTITIONS] | help");
    kafka_embedded_close(c.broker);
}

static void a_wrong_line_is_a_sentence(void **state)
{
    (void)state;
    struct broker_control c = open_broker(1);
    refuses(&c, "", "'' is not a command; help lists them");
    refuses(&c, "dwon", "'dwon' is not a command; did you mean down?");
    refuses(&c, "stop the presses", "'stop' is not a command; help lists them");
    refuses(&c, "rtt", "write it like: rtt T [BROKER]");
    refuses(&c, "rtt 1 1 1", "write it like: rtt T [BROKER]");
    refuses(&c, "help me", "write it like: help");
    refuses(&c, "error a b c d e f g h", "write it like: error REQUEST ERROR N [BROKER]");
    refuses(&c, "rtt 1.5ms", "'1.5ms' is not a number of ms up to 10m");
    refuses(&c, "rtt 11m", "'11m' is not a number of ms up to 10m");
    refuses(&c, "down x", "'x' is not the number of a broker");
    refuses(&c, "down 2", "there is no broker 2; there is only broker 1");
    refuses(&c, "error PRODUCE _TRANSPORT many", "'many' is not a number of requests");
    refuses(&c, "leader t x 1", "'x' is not the number of a partition");
    refuses(&c, "leader t 0 one", "'one' is not the number of a broker, nor none");
    refuses(&c, "leader t 0 0", "there is no broker 0; there is only broker 1");
    refuses(&c, "leader t 0 1", "there is no topic 't'");
    refuses(&c, "topic t six", "'six' is not a number of partitions");
    refuses(&c, "topic t 0", "a topic here has 1 to 10000 partitions, not 0");
    kafka_embedded_close(c.broker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_says_what_it_did),
        cmocka_unit_test(a_wrong_line_is_a_sentence),
    };
    return UNIT_RUN(tests);
}
