/* Texts of a library for its developers, made into sentences for people who run weir. */
#include "proto/kafka_error.h"

#include <pthread.h>

#include "base/arena.h"

/* ---- causes ---- */

enum { LOWEST = -256, HIGHEST = 256 }; /* librdkafka's own codes are negative, Kafka's positive */

static const char *causes[HIGHEST - LOWEST];

/* NULL: not in the table. */
static const char **cause_of(int code)
{
    return code >= LOWEST && code < HIGHEST ? &causes[code - LOWEST] : NULL;
}

static void write_causes(void)
{
    static struct arena forever;
    const struct rd_kafka_err_desc *all;
    size_t n;
    rd_kafka_get_err_descs(&all, &n);
    for (size_t i = 0; i < n; i++) {
        const char **cause = cause_of(all[i].code);
        if (all[i].name && cause)
            *cause = arena_printf(&forever, "%s (%s)", all[i].name, all[i].desc).p;
    }
}

const char *kafka_error_cause(rd_kafka_resp_err_t code)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_causes);
    const char **cause = cause_of(code);
    return cause && *cause ? *cause : "an error that this librdkafka does not name";
}

/* ---- brokers that were not reached ---- */

/* "Connection refused" → "connection refused", but "SSL handshake" stays. */
static char first_letter(str s)
{
    bool word = s.n > 1 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'a' && s.p[1] <= 'z';
    return word ? (char)(s.p[0] - 'A' + 'a') : s.p[0];
}

static const char *advice(str reason)
{
    if (str_contains(reason, STR("refused")))
        return "; is it running?";
    if (str_contains(reason, STR("SCRAM")) && rd_kafka_version() < 0x02060100)
        return " (librdkafka before 2.6.1 fails so against Kafka 3.8.1 and later for right "
               "passwords, too)";
    return "";
}

/* What stands behind the mark, or all of it. */
static str behind(str s, str mark)
{
    str before, after;
    return str_cut_at(s, mark, &before, &after) ? after : s;
}

static str in_front_of(str s, str mark)
{
    str before, after;
    str_cut_at(s, mark, &before, &after);
    return before;
}

bool kafka_error_unreachable(str brokers, str said, struct err *e)
{
    str broker, reason;
    if (said.n == 0)
        return err_set(e, ERR_RUN, "cannot reach broker " STR_FMT ": no answer", STR_ARG(brokers));
    if (str_cut_at(said, STR(": "), &broker, &reason)) /* "sasl_ssl://host:9092/bootstrap: …" */
        broker = in_front_of(behind(broker, STR("://")), STR("/"));
    else
        broker = brokers, reason = said;
    bool unknown_host = str_starts(reason, STR("Failed to resolve"));
    reason = in_front_of(reason, STR(" (after "));
    reason = behind(behind(reason, STR(" failed: ")), STR("': "));
    return err_set(e, ERR_RUN, "cannot %s broker " STR_FMT ": %c" STR_FMT "%s",
                   unknown_host ? "find" : "reach", STR_ARG(broker), first_letter(reason),
                   STR_ARG(str_skip(reason, 1)), advice(said));
}
