/* Texts of a library for its developers, made into sentences for people who run weir. */
#include "proto/kafka_error.h"

#include <pthread.h>

#include "base/arena.h"
#include "proto/kafka_refusal.h"

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
    return str_contains(reason, STR("refused")) ? "; is it running?" : "";
}

/* "error:0A000086:SSL routines::certificate verify failed" → "certificate verify failed"; the rest
 * of the text stays. */
static void without_codes(str said, struct buf *out)
{
    str before, after, ignored;
    if (str_cut_at(said, STR("error:"), &before, &after)) {
        buf_str(out, before);
        said = after;
        for (int i = 0; i < 3; i++) /* code, library, function */
            str_cut(said, ':', &ignored, &said);
    }
    buf_str(out, said);
}

bool kafka_error_not_made(const char *what, const char *said, struct err *e)
{
    struct buf plain = {0};
    without_codes(str_from(said), &plain);
    err_set(e, ERR_USAGE, "cannot make a Kafka %s: " STR_FMT, what, STR_ARG(buf_view(&plain)));
    buf_free(&plain);
    return false;
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

/* `said` is not empty. */
static void unreachable(str brokers, str said, struct err *e)
{
    str broker, reason;
    struct buf words = {0};
    if (str_cut_at(said, STR(": "), &broker, &reason)) /* "sasl_ssl://host:9092/bootstrap: …" */
        broker = in_front_of(behind(broker, STR("://")), STR("/"));
    else
        broker = brokers, reason = said;
    if (kafka_refusal_explain(reason, &words)) {
        err_set(e, ERR_RUN, "cannot reach broker " STR_FMT ": " STR_FMT, STR_ARG(broker),
                STR_ARG(buf_view(&words)));
        buf_free(&words);
        return;
    }
    bool unknown_host = str_starts(reason, STR("Failed to resolve"));
    reason = in_front_of(reason, STR(" (after "));
    reason = behind(behind(reason, STR(" failed: ")), STR("': "));
    err_set(e, ERR_RUN, "cannot %s broker " STR_FMT ": %c" STR_FMT "%s",
            unknown_host ? "find" : "reach", STR_ARG(broker), first_letter(reason),
            STR_ARG(str_skip(reason, 1)), advice(said));
}

bool kafka_error_unreachable(str brokers, str said, struct err *e)
{
    struct buf noted = {0};
    if (said.n == 0) {
        kafka_refusal_last(&noted);
        said = buf_view(&noted);
    }
    if (said.n == 0)
        err_set(e, ERR_RUN, "cannot reach broker " STR_FMT ": no answer", STR_ARG(brokers));
    else
        unreachable(brokers, said, e);
    buf_free(&noted);
    return false;
}
