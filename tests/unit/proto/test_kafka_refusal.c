/* What librdkafka 2.0.2 and 2.15.1 said when real brokers let nobody in, and what weir makes of it.
 */
#include "unit.h"

#include <string.h>

#include "proto/kafka_error.h"
#include "proto/kafka_refusal.h"

#define WHERE "ssl://127.0.0.1:9092/bootstrap: "

static void assert_says(const char *said, const char *sentence)
{
    struct err e = {0};
    assert_false(kafka_error_unreachable(STR("127.0.0.1:9092"), str_from(said), &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, sentence);
}

static void what_says_enough_stays(void **state)
{
    (void)state;
    assert_says(WHERE "Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in "
                      "state CONNECT)",
                "cannot reach broker 127.0.0.1:9092: connection refused; is it running?");
    assert_says("sasl_ssl://127.0.0.1:9092/bootstrap: SASL authentication error: Authentication "
                "failed: Invalid username or password (after 310ms in state AUTH_REQ)",
                "cannot reach broker 127.0.0.1:9092: invalid username or password");
    assert_says("", "cannot reach broker 127.0.0.1:9092: no answer");
}

static void a_closed_connection_wants_something(void **state)
{
    (void)state;
    const char *tls = "cannot reach broker 127.0.0.1:9092: it closed the connection: does it speak "
                      "TLS there? (-X security.protocol=ssl, or sasl_ssl)";
    const char *login = "cannot reach broker 127.0.0.1:9092: it closed the connection: does it "
                        "want a login there? (-X security.protocol=sasl_ssl, or sasl_plaintext)";
    assert_says(WHERE "Disconnected while requesting ApiVersion: might be caused by incorrect "
                      "security.protocol configuration (connecting to a SSL listener?) or broker "
                      "version is < 0.10 (see api.version.request) (after 0ms in state "
                      "APIVERSION_QUERY)",
                tls);
    assert_says(WHERE "Disconnected: connection closed by peer: receive 0 after POLLIN (after 0ms "
                      "in state APIVERSION_QUERY, 1 identical error(s) suppressed)",
                tls);
    assert_says(WHERE "Disconnected: verify that security.protocol is correctly configured, broker "
                      "might require SASL authentication (after 1ms in state UP)",
                login);
    assert_says(WHERE "SSL transport error: Broken pipe (after 0ms in state UP)", login);
}

static void tls_where_there_is_none(void **state)
{
    (void)state;
    const char *none = "cannot reach broker 127.0.0.1:9092: it speaks no TLS there (-X "
                       "security.protocol=plaintext, or sasl_plaintext)";
    assert_says(WHERE "SSL handshake failed: error:0A000126:SSL routines::unexpected eof while "
                      "reading (after 5ms in state SSL_HANDSHAKE)",
                none);
    assert_says(WHERE "Disconnected: SSL connection closed by peer (after 5ms in state "
                      "SSL_HANDSHAKE)",
                none);
}

static void a_client_without_a_certificate(void **state)
{
    (void)state;
    assert_says(WHERE "SSL transport error: error:0A000412:SSL routines::sslv3 alert bad "
                      "certificate: SSL alert number 42 (after 3ms in state APIVERSION_QUERY)",
                "cannot reach broker 127.0.0.1:9092: it wants a certificate of this client that it "
                "trusts (-X ssl.certificate.location=FILE -X ssl.key.location=FILE)");
}

static void a_login_where_there_is_none(void **state)
{
    (void)state;
    assert_says(WHERE "SASL PLAIN mechanism handshake failed: Broker: Request not valid in current "
                      "SASL state: broker's supported mechanisms:  (after 0ms in state "
                      "AUTH_HANDSHAKE)",
                "cannot reach broker 127.0.0.1:9092: it takes no login there (-X "
                "security.protocol=ssl, or plaintext, and no sasl.* properties)");
}

static void scram_is_no_wrong_password_for_old_librdkafka(void **state)
{
    (void)state;
    struct buf out = {0};
    assert_true(kafka_refusal_explain(STR("SASL authentication error: Authentication failed during "
                                          "authentication due to invalid credentials with SASL "
                                          "mechanism SCRAM-SHA-256"),
                                      &out));
    bool old = rd_kafka_version() < 0x02060100;
    assert_int_equal(str_contains(buf_view(&out), STR("cannot log in to Kafka 4 by SCRAM")), old);
    assert_true(str_contains(buf_view(&out), STR("invalid username or password")));
    buf_free(&out);
}

/* Without an error the log is what there is. */
static void closed_connections_are_noted(void **state)
{
    (void)state;
    kafka_refusal_note("CONNECT", "[thrd:main]: 127.0.0.1:1/bootstrap: another line");
    kafka_refusal_note("FAIL", "[thrd:x]: 127.0.0.1:7/bootstrap: Disconnected: connection closed "
                               "by peer: receive 0 after POLLIN (after 0ms in state UP)");
    assert_says("", "cannot reach broker 127.0.0.1:7: it closed the connection: does it want a "
                    "login there? (-X security.protocol=sasl_ssl, or sasl_plaintext)");
}

static void codes_are_for_developers(void **state)
{
    (void)state;
    struct err e = {0};
    kafka_error_not_made("producer",
                         "ssl.ca.location failed: error:05800088:x509 certificate routines::no "
                         "certificate or crl found",
                         &e);
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, "cannot make a Kafka producer: ssl.ca.location failed: no "
                                "certificate or crl found");
    kafka_error_not_made("client", "sasl.username and sasl.password must be set", &e);
    assert_string_equal(e.text,
                        "cannot make a Kafka client: sasl.username and sasl.password must be set");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_says_enough_stays),
        cmocka_unit_test(a_closed_connection_wants_something),
        cmocka_unit_test(tls_where_there_is_none),
        cmocka_unit_test(a_client_without_a_certificate),
        cmocka_unit_test(a_login_where_there_is_none),
        cmocka_unit_test(scram_is_no_wrong_password_for_old_librdkafka),
        cmocka_unit_test(closed_connections_are_noted),
        cmocka_unit_test(codes_are_for_developers),
    };
    return UNIT_RUN(tests);
}
