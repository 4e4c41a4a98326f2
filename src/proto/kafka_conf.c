/* Properties are checked one by one when they are read, by librdkafka itself where it is asked for
 * a value, so that a sentence can name the one that is wrong. */
#include "proto/kafka_conf.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

#include "base/args.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "proto/kafka_known.h"
#include "proto/kafka_refusal.h"
#include "proto/kafka_security.h"

/* Those that weir sets, or cannot do without. */
static const struct {
    const char *name, *why;
} reserved[] = {
    {"metadata.broker.list", "the brokers are said by -b"},
    {"bootstrap.servers", "the brokers are said by -b"},
    {"test.mock.num.brokers", "-b embedded starts a broker in this process"},
    {"test.mock.broker.rtt", "-b embedded starts a broker in this process"},
    {"group.id", "-g says the group"},
    {"delivery.report.only.error", "weir counts every acknowledgement"},
    {"log.queue", "weir shows librdkafka's messages itself, when debug=… asks for them"},
    {"statistics.interval.ms", "--metrics-every says how often, metrics_every in a scenario"},
    {"share.acknowledgement.mode", "weir's consumers are in no share groups"},
};

static bool is_reserved(str name, struct err *e)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(name, str_from(reserved[i].name))) {
            err_set(e, ERR_USAGE, "%s cannot be set: %s", reserved[i].name, reserved[i].why);
            return true;
        }
    return false;
}

static bool is_javas(str name, struct err *e)
{
    struct buf answer = {0};
    if (!kafka_java_answer(name, &answer))
        return false;
    err_set(e, ERR_USAGE, STR_FMT " is a property of Java's clients: " STR_FMT, STR_ARG(name),
            STR_ARG(buf_view(&answer)));
    buf_free(&answer);
    return true;
}

static bool unknown(str name, struct err *e)
{
    size_t n;
    struct nearest nearest = {0};
    const struct kafka_known *all = kafka_known_all(&n);
    const char *since = kafka_known_since(name);
    if (since)
        return err_set(e, ERR_USAGE, STR_FMT " needs librdkafka %s or newer; this is %s",
                       STR_ARG(name), since, kafka_version());
    for (size_t i = 0; i < n; i++)
        nearest_try(&nearest, name, all[i].name);
    if (nearest.best.n)
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a property of librdkafka; did you mean " STR_FMT "?",
                       STR_ARG(name), STR_ARG(nearest.best));
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is not a property of librdkafka %s; -X list shows them all",
                   STR_ARG(name), kafka_version());
}

/* ---- which client it is for ---- */

/* Takes "producer." or "consumer." off the name. False: it is the other client's. */
static bool cut_role(str *name, enum kafka_role role, struct err *e)
{
    static const str producer = {"producer.", 9}, consumer = {"consumer.", 9};
    bool for_producer = str_starts(*name, producer), for_consumer = str_starts(*name, consumer);
    if ((for_producer && role == KAFKA_CONSUMER) || (for_consumer && role == KAFKA_PRODUCER))
        return err_set(e, ERR_USAGE, STR_FMT ": there is no %s here", STR_ARG(*name),
                       for_producer ? "producer" : "consumer");
    if (for_producer || for_consumer)
        *name = str_skip(*name, producer.n);
    return true;
}

static bool fits(const struct kafka_known *k, enum kafka_role role, struct err *e)
{
    bool other = (k->scope == KAFKA_FOR_PRODUCERS && role == KAFKA_CONSUMER) ||
                 (k->scope == KAFKA_FOR_CONSUMERS && role == KAFKA_PRODUCER);
    if (k->by_code)
        return err_set(e, ERR_USAGE, STR_FMT " is set by code alone", STR_ARG(k->name));
    if (other)
        return err_set(e, ERR_USAGE, STR_FMT " is a property of %s, of which there is none here",
                       STR_ARG(k->name), role == KAFKA_PRODUCER ? "consumers" : "producers");
    return true;
}

/* ---- values ---- */

static bool bad_value(const struct kafka_known *k, str value, const char *reason, struct err *e)
{
    if (kafka_property_is_secret(k->name))
        return err_set(e, ERR_USAGE, STR_FMT ": this value is not possible", STR_ARG(k->name));
    if (k->range.n)
        return err_set(e, ERR_USAGE, STR_FMT ": '" STR_FMT "' is not possible; it may be " STR_FMT,
                       STR_ARG(k->name), STR_ARG(value), STR_ARG(k->range));
    return err_set(e, ERR_USAGE, STR_FMT "=" STR_FMT ": %s", STR_ARG(k->name), STR_ARG(value),
                   reason);
}

static bool check_value(const struct kafka_known *k, str value, struct arena *arena, struct err *e)
{
    char reason[256];
    if (value.n == 0 && str_eq(k->name, STR("ssl.endpoint.identification.algorithm")))
        return err_set(e, ERR_USAGE, STR_FMT ": what is empty in Java is 'none' here",
                       STR_ARG(k->name));
    const char *z = arena_z(arena, value);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool good = rd_kafka_conf_set(conf, arena_z(arena, k->name), z, reason, sizeof reason) ==
                RD_KAFKA_CONF_OK;
    rd_kafka_conf_destroy(conf);
    return good ? kafka_security_check_file(k->name, z, e) : bad_value(k, value, reason, e);
}

/* ---- the list ---- */

static void add(struct kafka_properties *p, str name, str value, struct arena *arena)
{
    if (p->n == p->capacity) {
        size_t bigger = p->capacity ? 2 * p->capacity : 8;
        struct kafka_property *list = arena_alloc(arena, bigger * sizeof *list);
        if (p->n)
            memcpy(list, p->list, p->n * sizeof *list);
        p->list = list;
        p->capacity = bigger;
    }
    p->list[p->n++] = (struct kafka_property){arena_dup(arena, name), arena_dup(arena, value)};
}

/* What is after another sign may be a secret. */
static bool not_a_property(str text, struct err *e)
{
    if (kafka_property_is_secret(text))
        return err_set(e, ERR_USAGE, "a property is written like sasl.password=VALUE");
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is not a property with its value; write it like linger.ms=5",
                   STR_ARG(text));
}

bool kafka_property_read(str text, enum kafka_role role, struct arena *arena,
                         struct kafka_properties *into, struct err *e)
{
    str name, value;
    if (!str_cut(text, '=', &name, &value) || name.n == 0)
        return not_a_property(text, e);
    if (!cut_role(&name, role, e) || is_javas(name, e))
        return false;
    const struct kafka_known *k = kafka_known_find(name);
    if (!k || kafka_known_since(name))
        return unknown(name, e);
    if (!fits(k, role, e) || is_reserved(name, e) || !check_value(k, value, arena, e))
        return false;
    add(into, kafka_known_name(name), value, arena);
    return true;
}

str kafka_property_find(const struct kafka_properties *p, const char *name)
{
    str first = kafka_known_name(str_from(name));
    for (size_t i = p->n; i-- > 0;)
        if (str_eq(p->list[i].name, first))
            return p->list[i].value;
    return (str){NULL, 0};
}

bool kafka_property_read_for_both(str text, struct arena *arena, struct kafka_properties *producer,
                                  struct kafka_properties *consumer, struct err *e)
{
    struct err by_producer, by_consumer;
    bool to_one = kafka_property_read(text, KAFKA_PRODUCER, arena, producer, &by_producer);
    bool to_other = kafka_property_read(text, KAFKA_CONSUMER, arena, consumer, &by_consumer);
    if (!to_one && !to_other)
        *e = by_consumer; /* one that is for neither is the same to both */
    return to_one || to_other;
}

void kafka_property_default(struct kafka_properties *p, const char *name, str value,
                            struct arena *arena)
{
    if (!kafka_property_find(p, name).p)
        add(p, kafka_known_name(str_from(name)), value, arena);
}

void kafka_property_set(struct kafka_properties *p, const char *name, str value,
                        struct arena *arena)
{
    add(p, kafka_known_name(str_from(name)), value, arena); /* the later one counts */
}

bool kafka_property_is_secret(str name)
{
    static const str parts[] = {{"password", 8}, {"passphrase", 10}, {"secret", 6},
                                {"key.pem", 7},  {"jaas", 4},        {"bearer.config", 13}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_contains(name, parts[i]))
            return true;
    return false;
}

/* ---- configurations ---- */

/* librdkafka's threads call it; only when the user asked for its messages (debug=…). */
static void show_message(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level;
    kafka_refusal_note(facility, text);
    log_note("librdkafka: %s: %s", facility, text);
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *e)
{
    char reason[256];
    return rd_kafka_conf_set(conf, name, value, reason, sizeof reason) == RD_KAFKA_CONF_OK ||
           err_set(e, ERR_USAGE, "%s: %s", name, reason);
}

struct rd_kafka_conf_s *kafka_conf_make(str brokers, const struct kafka_properties *p,
                                        struct err *e)
{
    if (!kafka_security_check(p, e))
        return NULL;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct arena arena = {0};
    bool good = set(conf, "client.id", "weir", e) &&
                set(conf, "bootstrap.servers", arena_z(&arena, brokers), e);
    for (size_t i = 0; good && i < p->n; i++) /* their texts are terminated: arena_dup */
        good = set(conf, p->list[i].name.p, p->list[i].value.p, e);
    kafka_refusal_watch(conf);
    if (kafka_property_find(p, "debug").n)
        rd_kafka_conf_set_log_cb(conf, show_message);
    arena_free(&arena);
    if (good)
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

/* Zero-terminated. */
static void describe(const struct kafka_known *k, struct buf *out)
{
    static const char *const scopes[] = {"", "producers: ", "consumers: "};
    if (k->alias_of.n)
        buf_printf(out, "the same as " STR_FMT, STR_ARG(k->alias_of));
    else
        buf_printf(out, "%s" STR_FMT, scopes[k->scope], STR_ARG(k->words));
    if (k->range.n && !k->alias_of.n)
        buf_printf(out, " (" STR_FMT ")", STR_ARG(k->range));
    if (k->standard.n && !k->alias_of.n)
        buf_printf(out, " [" STR_FMT "]", STR_ARG(k->standard));
    buf_char(out, 0);
}

void kafka_conf_list(struct buf *out)
{
    size_t n;
    const struct kafka_known *all = kafka_known_all(&n);
    for (size_t i = 0; i < n; i++) {
        const struct kafka_known *k = &all[i];
        struct buf term = {0}, words = {0};
        if (k->by_code)
            continue;
        buf_printf(&term, STR_FMT "%c", STR_ARG(k->name), 0);
        describe(k, &words);
        options_item(term.p, words.p, out);
        buf_free(&term);
        buf_free(&words);
    }
}

const char *kafka_version(void)
{
    return rd_kafka_version_str();
}
