/* The options of request-reply: where requests go, where replies come from, what joins them. */
#include "cli/options_rr.h"

#include "proto/kafka_correlate.h"
#include "scenario/check_words.h"
#include "store/requests.h"

static const char group[] = "Request and reply";

static bool check_correlate(str value, struct err *e)
{
    struct arena arena = {0};
    struct kafka_correlate c;
    bool good = kafka_correlate_parse(value, &arena, &c, e);
    if (good)
        kafka_correlate_free(&c);
    arena_free(&arena);
    return good;
}

static bool check_partition(str value, struct err *e)
{
    uint64_t n;
    return (str_u64(value, &n) && n <= INT32_MAX) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "' is not a partition; they are 0, 1, 2 …",
                   STR_ARG(value));
}

static bool check_check(str value, struct err *e)
{
    struct arena arena = {0};
    struct check c;
    bool good = check_words_read(value, &arena, &c, e);
    arena_free(&arena);
    return good;
}

static bool check_store(str value, struct err *e)
{
    struct arena arena = {0};
    struct requests_store store;
    bool good = requests_store_parse(value, &arena, &store, e);
    arena_free(&arena);
    return good;
}

static bool check_topic(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "the name is empty");
}

const struct option options_rr[] = {
    {
        .name = "request",
        .type = OPTION_TEXT,
        .argument = "TOPIC",
        .check = check_topic,
        .help = "where the requests go",
        .group = group,
    },
    {
        .name = "reply",
        .type = OPTION_TEXT,
        .argument = "TOPIC",
        .check = check_topic,
        .help = "where the replies come",
        .group = group,
    },
    {
        .name = "correlate",
        .type = OPTION_TEXT,
        .argument = "PLACE",
        .fallback = "header:correlationId",
        .check = check_correlate,
        .help = "where the id stands that joins them: header:NAME, key, json:/POINTER, "
                "bytes:OFFSET,LENGTH, regex:EXPRESSION; within the value, --value says where with "
                "${correlation_id}",
        .group = group,
    },
    {
        .name = "correlate-reply",
        .type = OPTION_TEXT,
        .argument = "PLACE",
        .check = check_correlate,
        .help = "the same in replies, where it is another place",
        .otherwise = "as in requests",
        .group = group,
    },
    {
        .name = "reply-partition",
        .type = OPTION_COUNT,
        .argument = "N",
        .check = check_partition,
        .help = "all replies are to come in this partition: requests say so in the headers "
                "kafka_replyTopic and kafka_replyPartition, and no other is read",
        .otherwise = "all partitions are read, and nothing is said",
        .group = group,
    },
    {
        .name = "check",
        .type = OPTION_TEXT,
        .argument = "CHECK",
        .repeats = true,
        .check = check_check,
        .help =
            "what every reply must be, else its request has failed: echo, contains_request, 'json "
            "/state == PAID', 'json_same /id /id', 'contains TEXT', 'matches EXPRESSION', 'size "
            "< 1000', 'header NAME == VALUE', 'key exists', 'equals TEXT', not_empty",
        .group = group,
    },
    {
        .name = "group",
        .letters = "g",
        .type = OPTION_TEXT,
        .argument = "GROUP",
        .check = check_topic,
        .help = "read the replies as a member of this group, with its rebalances",
        .otherwise = "none: all partitions, from their ends on",
        .group = group,
    },
    {
        .name = "end-time",
        .type = OPTION_CHOICE,
        .argument = "consumed|timestamp",
        .fallback = "consumed",
        .help = "when a call is over: when its reply was read, or at the reply's own time stamp",
        .group = group,
    },
    {
        .name = "store",
        .type = OPTION_TEXT,
        .argument = "memory|file:PATH",
        .fallback = "memory",
        .check = check_store,
        .help = "where requests in flight are kept; a file outlives the process, see --resume",
        .group = group,
    },
    {
        .name = "resume",
        .type = OPTION_SWITCH,
        .help = "go on with the run whose journal --store file:PATH is there: its id, its requests "
                "in flight, its replies from where it stopped",
        .group = group,
    },
    {
        .name = "measure-store",
        .type = OPTION_SWITCH,
        .help = "the time until the store has a request is a part of it: TOPIC store",
        .group = group,
    },
    {
        .name = "ready-timeout",
        .type = OPTION_DURATION,
        .argument = "T",
        .fallback = "30s",
        .help = "how long all partitions of replies may take to be positioned, before the start",
        .group = group,
    },
    {.name = NULL},
};
