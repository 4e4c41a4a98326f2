/* Properties of Java's clients that librdkafka has not, and the way here. From the configuration
 * pages of Apache Kafka 4; what means the same to both is not here. */
#include "proto/kafka_known.h"

/* A name that ends with '*' stands for all that begin so. */
static const struct {
    const char *java;
    const char *here;  /* librdkafka's property; NULL: none */
    const char *words; /* what else there is to say; NULL: nothing */
} answers[] = {
    {"buffer.memory", "queue.buffering.max.kbytes", "in units of 1024 bytes"},
    {"max.request.size", "message.max.bytes", NULL},
    {"fetch.max.wait.ms", "fetch.wait.max.ms", NULL},
    {"send.buffer.bytes", "socket.send.buffer.bytes", NULL},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes", NULL},
    {"partitioner.class", "partitioner", "Java's default is murmur2_random, as weir's"},
    {"partitioner.ignore.keys", "partitioner", "random looks at no key"},
    {"socket.connection.setup.timeout.max.ms", "socket.connection.setup.timeout.ms", NULL},
    {"ssl.truststore.certificates", "ssl.ca.pem", NULL},
    {"ssl.truststore.*", "ssl.ca.location",
     "a PEM file: keytool -exportcert -rfc -keystore truststore.jks -alias ALIAS -file ca.pem"},
    {"ssl.keystore.type", "ssl.keystore.location", "always PKCS#12"},
    {"ssl.keystore.key", "ssl.key.pem", NULL},
    {"ssl.keystore.certificate.chain", "ssl.certificate.pem", NULL},
    {"sasl.jaas.config", "sasl.username and sasl.password", NULL},
    {"ssl.protocol", NULL, "OpenSSL chooses the newest that both sides have"},
    {"ssl.enabled.protocols", NULL, "OpenSSL chooses the newest that both sides have"},
    {"key.serializer", NULL, "keys are sent as they are given"},
    {"key.deserializer", NULL, "keys are shown as they are"},
    {"value.serializer", NULL, "values are sent as they are given (a codec in scenarios)"},
    {"value.deserializer", NULL, "values are shown as they are (a codec in scenarios)"},
    {"max.block.ms", NULL, "not needed: a full queue never blocks, records wait in weir"},
    {"max.poll.records", NULL, "not needed: records are taken as they come"},
    {"pollTimeout", NULL, "not needed: records are taken as they come"},
    {"default.api.timeout.ms", NULL, "--timeout says that"},
    {"interceptor.classes", NULL, "interceptors are Java's own"},
    {"metric.reporters", NULL, "--json, --csv and --log are weir's reports"},
    {"metrics.*", NULL, "--json, --csv and --log are weir's reports"},
};

static bool is_called(str name, str java)
{
    if (str_ends(java, STR("*")))
        return str_starts(name, (str){java.p, java.n - 1});
    return str_eq(name, java);
}

bool kafka_java_answer(str name, struct buf *out)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const char *here = answers[i].here, *words = answers[i].words;
        if (!is_called(name, str_from(answers[i].java)))
            continue;
        if (here)
            buf_printf(out, "librdkafka says %s%s%s%s", here, words ? " (" : "", words ? words : "",
                       words ? ")" : "");
        else
            buf_str(out, str_from(words));
        return true;
    }
    return false;
}
