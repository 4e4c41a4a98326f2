/* Properties of Kafka clients as users write them: what is taken, what is answered. */
#include "unit.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>

#include "proto/kafka_conf.h"
#include "proto/kafka_known.h"

static struct kafka_properties list;
static struct arena arena;
static struct err e;

static bool takes(const char *text, enum kafka_role role)
{
    e = (struct err){0};
    return kafka_property_read(str_from(text), role, &arena, &list, &e);
}

static void assert_refused(const char *text, const char *sentence)
{
    assert_false(takes(text, KAFKA_PRODUCER));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
}

static void assert_value(const char *name, const char *value)
{
    str found = kafka_property_find(&list, name);
    assert_non_null(found.p);
    assert_int_equal(found.n, str_from(value).n);
    assert_memory_equal(found.p, value, found.n);
}

static int clear(void **state)
{
    (void)state;
    list = (struct kafka_properties){0};
    arena_free(&arena);
    return 0;
}

static void a_later_value_wins(void **state)
{
    (void)state;
    assert_null(kafka_property_find(&list, "linger.ms").p);
    assert_true(takes("linger.ms=5", KAFKA_PRODUCER));
    for (int i = 0; i < 10; i++)
        assert_true(takes("producer.linger.ms=7", KAFKA_PRODUCER));
    assert_value("linger.ms", "7");
    kafka_property_default(&list, "linger.ms", STR("9"), &arena);
    assert_value("linger.ms", "7");
    kafka_property_default(&list, "acks", STR("1"), &arena);
    assert_value("acks", "1");
    assert_value("request.required.acks", "1");
    assert_int_equal(list.n, 12);
}

static void each_client_has_its_own(void **state)
{
    (void)state;
    assert_true(takes("consumer.fetch.wait.max.ms=5", KAFKA_CONSUMER));
    assert_true(takes("security.protocol=SSL", KAFKA_CONSUMER));
    assert_true(takes("linger.ms=5", KAFKA_ADMIN));
    assert_true(takes("consumer.fetch.wait.max.ms=5", KAFKA_ADMIN));
    assert_refused("consumer.fetch.wait.max.ms=5",
                   "consumer.fetch.wait.max.ms: there is no consumer here");
    assert_refused("fetch.wait.max.ms=5",
                   "fetch.wait.max.ms is a property of consumers, of which there is none here");
    assert_false(takes("linger.ms=5", KAFKA_CONSUMER));
    assert_false(takes("producer.linger.ms=5", KAFKA_CONSUMER));
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    assert_refused("linger.ms", "'linger.ms' is not a property with its value; write it like "
                                "linger.ms=5");
    assert_refused("=5", "'=5' is not a property with its value; write it like linger.ms=5");
    assert_refused("lingr.ms=5",
                   "'lingr.ms' is not a property of librdkafka; did you mean linger.ms?");
    assert_false(takes("completely.different=5", KAFKA_PRODUCER));
    assert_non_null(strstr(e.text, "-X list shows them all"));
    assert_refused("linger.ms=soon", "linger.ms: 'soon' is not possible; it may be 0 .. 900000");
    assert_refused("linger.ms=-1", "linger.ms: '-1' is not possible; it may be 0 .. 900000");
    assert_refused("compression.codec=rar", "compression.codec: 'rar' is not possible; it may be "
                                            "none, gzip, snappy, lz4, zstd");
    assert_refused("dr_msg_cb=x", "dr_msg_cb is set by code alone");
    assert_refused("bootstrap.servers=x",
                   "bootstrap.servers cannot be set: the brokers are said by -b");
    assert_refused("delivery.report.only.error=true",
                   "delivery.report.only.error cannot be set: weir counts every acknowledgement");
}

static void java_is_answered(void **state)
{
    (void)state;
    assert_refused("buffer.memory=1",
                   "buffer.memory is a property of Java's clients: librdkafka says "
                   "queue.buffering.max.kbytes (in units of 1024 bytes)");
    assert_refused("max.request.size=1", "max.request.size is a property of Java's clients: "
                                         "librdkafka says message.max.bytes");
    assert_refused("max.block.ms=1", "max.block.ms is a property of Java's clients: not needed: a "
                                     "full queue never blocks, records wait in weir");
    assert_false(takes("ssl.truststore.password=x", KAFKA_PRODUCER));
    assert_non_null(strstr(e.text, "keytool"));
    assert_refused("ssl.endpoint.identification.algorithm=",
                   "ssl.endpoint.identification.algorithm: what is empty in Java is 'none' here");
    static const char *const others[] = {"fetch.max.wait.ms=1",   "sasl.jaas.config=x",
                                         "key.serializer=x",      "value.deserializer=x",
                                         "max.poll.records=1",    "pollTimeout=1",
                                         "ssl.keystore.type=JKS", NULL};
    for (const char *const *o = others; *o; o++) {
        assert_false(takes(*o, KAFKA_PRODUCER));
        assert_non_null(strstr(e.text, "Java's clients: "));
    }
}

/* The version of a text, as rd_kafka_version() has it. */
static int version_of(const char *text)
{
    unsigned major = 0, minor = 0;
    assert_int_equal(sscanf(text, "%u.%u", &major, &minor), 2);
    return (int)(major << 24 | minor << 16);
}

static void what_a_newer_one_has_is_said(void **state)
{
    (void)state;
    static const char *const newer[] = {"client.dns.lookup",
                                        "fetch.queue.backoff.ms",
                                        "retry.backoff.max.ms",
                                        "group.protocol",
                                        "group.remote.assignor",
                                        "enable.metrics.push",
                                        "metadata.recovery.strategy",
                                        "metadata.recovery.rebootstrap.trigger.ms",
                                        "https.ca.location",
                                        "sasl.oauthbearer.grant.type",
                                        "sasl.oauthbearer.assertion.file",
                                        "sasl.oauthbearer.metadata.authentication.type"};
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
        const char *since = kafka_known_since(str_from(newer[i]));
        if (!since) {
            assert_non_null(kafka_known_find(str_from(newer[i])));
            continue;
        }
        assert_true(rd_kafka_version() < version_of(since));
        char text[100], sentence[200];
        snprintf(text, sizeof text, "%s=1", newer[i]);
        snprintf(sentence, sizeof sentence, "%s needs librdkafka %s or newer; this is %s", newer[i],
                 since, kafka_version());
        assert_refused(text, sentence);
    }
    assert_null(kafka_known_since(STR("linger.ms")));
}

static void secrets_are_not_repeated(void **state)
{
    (void)state;
    assert_true(kafka_property_is_secret(STR("sasl.password")));
    assert_true(kafka_property_is_secret(STR("ssl.key.password")));
    assert_true(kafka_property_is_secret(STR("ssl.key.pem")));
    assert_true(kafka_property_is_secret(STR("sasl.oauthbearer.client.secret")));
    assert_true(kafka_property_is_secret(STR("sasl.jaas.config")));
    assert_false(kafka_property_is_secret(STR("ssl.ca.location")));
    assert_false(kafka_property_is_secret(STR("sasl.username")));
}

static void a_configuration_has_them(void **state)
{
    (void)state;
    char text[64];
    size_t n = sizeof text;
    assert_true(takes("linger.ms=7", KAFKA_PRODUCER));
    assert_true(takes("acks=1", KAFKA_PRODUCER));
    rd_kafka_conf_t *conf = kafka_conf_make(STR("127.0.0.1:1"), &list, &e);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "queue.buffering.max.ms", text, &n), RD_KAFKA_CONF_OK);
    assert_string_equal(text, "7");
    n = sizeof text;
    assert_int_equal(rd_kafka_conf_get(conf, "bootstrap.servers", text, &n), RD_KAFKA_CONF_OK);
    assert_string_equal(text, "127.0.0.1:1");
    rd_kafka_conf_destroy(conf);
}

static void all_are_listed(void **state)
{
    (void)state;
    struct buf out = {0};
    kafka_conf_list(&out);
    str text = buf_view(&out);
    assert_true(str_contains(text, STR("\n  linger.ms ")));
    assert_true(str_contains(text, STR("(-1 .. 1000)")));
    assert_true(str_contains(text, STR("the same as request.required.acks\n")));
    assert_false(str_contains(text, STR("dr_msg_cb")));
    assert_false(str_contains(text, STR("<br>")));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_later_value_wins, clear),
        cmocka_unit_test_teardown(each_client_has_its_own, clear),
        cmocka_unit_test_teardown(what_is_wrong_is_said, clear),
        cmocka_unit_test_teardown(java_is_answered, clear),
        cmocka_unit_test_teardown(what_a_newer_one_has_is_said, clear),
        cmocka_unit_test_teardown(secrets_are_not_repeated, clear),
        cmocka_unit_test_teardown(a_configuration_has_them, clear),
        cmocka_unit_test(all_are_listed),
    };
    return UNIT_RUN(tests);
}
