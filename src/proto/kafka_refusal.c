/* The reasons are found by what librdkafka 2.0.2 and 2.15.1 say, and OpenSSL 3. What is noted is
 * noted for all clients of the process: they have the same brokers, and it is asked for only when
 * one of them was never reached. */
#include "proto/kafka_refusal.h"

#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ---- what callbacks are told ---- */

static atomic_int certificate_error; /* of OpenSSL's X509_V_ERR_…; 0: none was refused */
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static char last[400]; /* under the lock */

/* OpenSSL's reason is lost on the way to librdkafka's errors. */
static int note_certificate(rd_kafka_t *rk, const char *broker, int32_t id, int *x509_error,
                            int depth, const char *bytes, size_t n, char *why, size_t why_size,
                            void *opaque)
{
    (void)rk, (void)broker, (void)id, (void)depth, (void)bytes, (void)n, (void)opaque;
    if (*x509_error == X509_V_OK)
        return 1;
    atomic_store(&certificate_error, *x509_error);
    snprintf(why, why_size, "%s", X509_verify_cert_error_string(*x509_error));
    return 0;
}

/* Since 2.10 a closed connection is a line of the log and no error. */
void kafka_refusal_note(const char *facility, const char *text)
{
    const char *behind_thread = strstr(text, "]: "); /* "[thrd:…]: 127.0.0.1:9092/bootstrap: …" */
    if (strcmp(facility, "FAIL") != 0 || !behind_thread)
        return;
    pthread_mutex_lock(&last_lock);
    snprintf(last, sizeof last, "%s", behind_thread + strlen("]: "));
    pthread_mutex_unlock(&last_lock);
}

static void take_line(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level;
    kafka_refusal_note(facility, text);
}

void kafka_refusal_watch(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_log_cb(conf, take_line);
    rd_kafka_conf_set_ssl_cert_verify_cb(conf, note_certificate); /* fails where there is no TLS */
}

void kafka_refusal_last(struct buf *out)
{
    pthread_mutex_lock(&last_lock);
    buf_str(out, str_from(last));
    pthread_mutex_unlock(&last_lock);
}

/* ---- in words ---- */

static const char wants_tls[] = "it closed the connection: does it speak TLS there? "
                                "(-X security.protocol=ssl, or sasl_ssl)";
static const char wants_login[] = "it closed the connection: does it want a login there? "
                                  "(-X security.protocol=sasl_ssl, or sasl_plaintext)";
static const char no_login[] = "it takes no login there (-X security.protocol=ssl, or plaintext, "
                               "and no sasl.* properties)";
static const char no_tls[] = "it speaks no TLS there (-X security.protocol=plaintext, or "
                             "sasl_plaintext)";
static const char wants_certificate[] =
    "it wants a certificate of this client that it trusts (-X ssl.certificate.location=FILE -X "
    "ssl.key.location=FILE)";

/* The first that is in the reason counts. */
static const struct {
    const char *says, *words;
} reasons[] = {
    {"alert bad certificate", wants_certificate},
    {"alert certificate required", wants_certificate},
    {"alert certificate unknown", wants_certificate},
    {"alert unknown ca", wants_certificate},
    {"alert handshake failure", wants_certificate},
    {"connecting to a SSL listener", wants_tls},
    {"in state APIVERSION_QUERY", wants_tls},
    {"might require SASL authentication", wants_login},
    {"in state UP", wants_login},
    {"valid in current SASL state", no_login},
    {"unexpected eof while reading", no_tls},
    {"SSL connection closed by peer", no_tls},
    {"wrong version number", no_tls},
};

static const char *trust_advice(int error)
{
    switch (error) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "; -X ssl.ca.location=FILE says whom to trust";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return ": it is for another name than -b or the cluster says; -X "
               "ssl.endpoint.identification.algorithm=none looks at no names";
    default:
        return "";
    }
}

static void explain_certificate(struct buf *out)
{
    int error = atomic_load(&certificate_error);
    buf_printf(out, "its certificate is refused (%s)%s", X509_verify_cert_error_string(error),
               trust_advice(error));
}

/* What librdkafka before 2.6.1 sends, Kafka 4 does not take, whoever sends it (librdkafka #4895).
 */
static void explain_scram(struct buf *out)
{
    if (rd_kafka_version() >= 0x02060100)
        buf_str(out, STR("invalid username or password (SCRAM)"));
    else
        buf_printf(out,
                   "librdkafka %s cannot log in to Kafka 4 by SCRAM (2.6.1 and newer can); at an "
                   "older Kafka this means: invalid username or password",
                   rd_kafka_version_str());
}

bool kafka_refusal_explain(str reason, struct buf *out)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (str_contains(reason, str_from(reasons[i].says))) {
            buf_str(out, str_from(reasons[i].words));
            return true;
        }
    if (str_contains(reason, STR("certificate verify failed")) && certificate_error) {
        explain_certificate(out);
        return true;
    }
    if (str_contains(reason, STR("invalid credentials")) && str_contains(reason, STR("SCRAM"))) {
        explain_scram(out);
        return true;
    }
    return false;
}
