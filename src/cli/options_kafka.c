/* The options of `weir kafka`: where the brokers are, and what a record is. */
#include "cli/options_kafka.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

static const char kafka[] = "Kafka";
static const char record[] = "Record";

enum { SIZE_MOST = 1000 * 1000 * 1000 }; /* as message.max.bytes may be */

/* ---- properties ---- */

bool kafka_properties_listed(const struct args *a)
{
    struct buf out = {0};
    for (size_t i = 0; i < args_times(a, "property"); i++)
        if (str_eq(args_item(a, "property", i), STR("list"))) {
            kafka_conf_list(&out);
            fwrite(out.p, 1, out.n, stdout);
            buf_free(&out);
            return true;
        }
    return false;
}

bool kafka_properties_read(const struct args *a, enum kafka_role role, struct arena *arena,
                           struct kafka_properties *into, struct err *e)
{
    for (size_t i = 0; i < args_times(a, "property"); i++)
        if (!kafka_property_read(args_item(a, "property", i), role, arena, into, e))
            return err_wrap(e, "-X");
    return true;
}

bool kafka_properties_read_for_both(const struct args *a, struct arena *arena,
                                    struct kafka_properties *producer,
                                    struct kafka_properties *consumer, struct err *e)
{
    for (size_t i = 0; i < args_times(a, "property"); i++)
        if (!kafka_property_read_for_both(args_item(a, "property", i), arena, producer, consumer,
                                          e))
            return err_wrap(e, "-X");
    return true;
}

static void mask_property(str text, struct buf *out)
{
    str name, value;
    if (str_cut(text, '=', &name, &value) && kafka_property_is_secret(name))
        buf_printf(out, STR_FMT "=***", STR_ARG(name));
    else
        buf_str(out, text);
}

/* ---- brokers ---- */

bool kafka_brokers_read(const struct args *a, str *brokers, struct err *e)
{
    *brokers = args_text(a, "brokers");
    return brokers->n > 0 ||
           err_set(e, ERR_USAGE,
                   "-b says where the brokers are: -b 127.0.0.1:9092, or -b embedded for one in "
                   "this process ($KAFKA_BROKERS does, too)");
}

/* ---- records ---- */

static bool check_name(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "the name is empty");
}

static bool check_partition(str value, struct err *e)
{
    uint64_t n;
    return (str_u64(value, &n) && n <= INT32_MAX) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "' is not a partition; they are 0, 1, 2 …",
                   STR_ARG(value));
}

bool kafka_key_read(str text, struct records *into, struct err *e)
{
    str random, number;
    if (str_eq(text, STR("none")))
        return true;
    if (str_eq(text, STR("sequence"))) {
        into->key = RECORD_KEY_SEQUENCE;
        return true;
    }
    if (!str_cut(text, ':', &random, &number) || !str_eq(random, STR("random"))) {
        into->common.key = text;
        return true;
    }
    into->key = RECORD_KEY_RANDOM;
    return (units_count(number, &into->key_count, e) && into->key_count > 0) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "': write it like random:1000, one of 1000 keys",
                   STR_ARG(text));
}

static bool check_key(str value, struct err *e)
{
    struct records ignored = {0};
    return kafka_key_read(value, &ignored, e);
}

bool kafka_size_read(str text, uint64_t *least, uint64_t *most, struct err *e)
{
    str from, to;
    bool range = str_cut_at(text, STR(".."), &from, &to);
    bool good = units_size(from, least, e) && (!range || units_size(to, most, e));
    if (!range)
        *most = *least;
    if (good && *least <= *most && *most > 0 && *most <= SIZE_MOST)
        return true;
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is not a size; write it like 100, 10k or 100..1000 (1 to 1G)",
                   STR_ARG(text));
}

static bool check_size(str value, struct err *e)
{
    uint64_t least, most;
    return kafka_size_read(value, &least, &most, e);
}

bool kafka_header_read(str text, struct kafka_header *into, struct err *e)
{
    if (str_cut(text, '=', &into->name, &into->value) && into->name.n)
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a header; write it like name=value",
                   STR_ARG(text));
}

static bool check_header(str value, struct err *e)
{
    struct kafka_header ignored;
    return kafka_header_read(value, &ignored, e);
}

bool kafka_every_read(str text, struct kafka_transacting *into, struct err *e)
{
    struct err ignored;
    if (units_count(text, &into->records, &ignored) && into->records > 0)
        return true;
    into->records = 0;
    return (units_duration_strict(text, &into->every_ns, &ignored) && into->every_ns > 0) ||
           err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is neither records nor a time; write it like 1000, 10k or 500ms",
                   STR_ARG(text));
}

static bool check_every(str value, struct err *e)
{
    struct kafka_transacting ignored;
    return kafka_every_read(value, &ignored, e);
}

static bool check_share(str value, struct err *e)
{
    uint64_t ignored;
    return units_share(value, &ignored, e);
}

static bool check_delimiter(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "it is empty");
}

const struct option options_kafka[] = {
    {
        .name = "brokers",
        .letters = "b",
        .type = OPTION_TEXT,
        .argument = "HOST:PORT,...",
        .variable = "KAFKA_BROKERS",
        .help = "where the cluster is; 'embedded' starts a broker in this process",
        .otherwise = "$KAFKA_BROKERS",
        .group = kafka,
    },
    {
        .name = "property",
        .letters = "X",
        .type = OPTION_TEXT,
        .argument = "NAME=VALUE",
        .repeats = true,
        .mask = mask_property,
        .help = "a property of librdkafka; -X list shows them all",
        .group = kafka,
    },
    {.name = NULL},
};

const struct option options_metrics[] = {
    {
        .name = "metrics-every",
        .type = OPTION_DURATION,
        .argument = "T",
        .fallback = "1s",
        .help = "how often the client's own figures are taken (round trip, queues, retries, lag; "
                "weir help metrics); 0 for never",
        .group = kafka,
    },
    {.name = NULL},
};

const struct option options_produce[] = {
    {
        .name = "topic",
        .letters = "t",
        .type = OPTION_TEXT,
        .argument = "TOPIC",
        .check = check_name,
        .help = "where the records go",
        .group = record,
    },
    {
        .name = "lines",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_name,
        .help = "each line of the file is the value of one record, and with the last the run ends; "
                "- is standard input",
        .otherwise = "- when that is a pipe",
        .group = record,
    },
    {
        .name = "key-delimiter",
        .letters = "K",
        .type = OPTION_TEXT,
        .argument = "TEXT",
        .check = check_delimiter,
        .help = "what stands between key and value in a line; \\t is a tab",
        .group = record,
    },
    {
        .name = "stamp",
        .type = OPTION_CHOICE,
        .argument = "none|value|header",
        .fallback = "none",
        .help = "who made a record, when, and its checksum, for weir kafka consume: in its first "
                "44 bytes, or in a header",
        .group = record,
    },
    {
        .name = "transaction-every",
        .type = OPTION_TEXT,
        .argument = "N|T",
        .check = check_every,
        .help = "records go in transactions, each of N records of a producer, or of a time like "
                "500ms; -X transactional.id=ID names them ID-0, ID-1 ...",
        .otherwise = "no transactions",
        .group = record,
    },
    {
        .name = "transaction-abort",
        .type = OPTION_TEXT,
        .argument = "SHARE",
        .fallback = "0%",
        .check = check_share,
        .help = "that share of the transactions is aborted, exactly: with 10% each tenth",
        .group = record,
    },
    {
        .name = "verify",
        .type = OPTION_SWITCH,
        .help = "compare what was acknowledged with what the topic has grown by; sets "
                "enable.idempotence, so that no retry stores a record twice",
        .group = record,
    },
    {.name = NULL},
};

const struct option options_record[] = {
    {
        .name = "partition",
        .letters = "p",
        .type = OPTION_COUNT,
        .argument = "N",
        .check = check_partition,
        .help = "the partition of every record",
        .otherwise = "by the key, as Java's clients choose it",
        .group = record,
    },
    {
        .name = "key",
        .letters = "k",
        .type = OPTION_TEXT,
        .argument = "KEY",
        .fallback = "none",
        .check = check_key,
        .help = "none, random:N (one of N numbers), sequence (0, 1, 2 ...), or the key itself",
        .group = record,
    },
    {
        .name = "header",
        .letters = "H",
        .type = OPTION_TEXT,
        .argument = "NAME=VALUE",
        .repeats = true,
        .check = check_header,
        .help = "a header of every record",
        .group = record,
    },
    {
        .name = "size",
        .type = OPTION_TEXT,
        .argument = "N|MIN..MAX",
        .check = check_size,
        .help = "bytes of a value, which is made of random capital letters",
        .otherwise = "100",
        .group = record,
    },
    {
        .name = "value",
        .type = OPTION_TEXT,
        .argument = "TEXT|@FILE",
        .help = "the value of every record, or the file that holds it",
        .group = record,
    },
    {
        .name = "compress",
        .letters = "z",
        .type = OPTION_CHOICE,
        .argument = "none|gzip|snappy|lz4|zstd",
        .fallback = "none",
        .help = "how batches are compressed",
        .group = record,
    },
    {
        .name = "acks",
        .type = OPTION_CHOICE,
        .argument = "0|1|all",
        .fallback = "all",
        .help = "which brokers must have a record before it counts: none, its leader, all in sync",
        .group = record,
    },
    {.name = NULL},
};
