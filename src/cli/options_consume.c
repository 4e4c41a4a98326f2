/* What is read, and how long. */
#include "cli/options_consume.h"

#include "base/clock.h"
#include "proto/kafka_from.h"

static const char reading[] = "Reading";

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

static bool check_from(str value, struct err *e)
{
    struct kafka_from ignored;
    return kafka_from_read(value, (int64_t)(clock_wall_ns() / NS_PER_MS), &ignored, e);
}

const struct option options_consume[] = {
    {
        .name = "topic",
        .letters = "t",
        .type = OPTION_TEXT,
        .argument = "TOPIC",
        .check = check_name,
        .help = "what is read",
        .group = reading,
    },
    {
        .name = "partition",
        .letters = "p",
        .type = OPTION_COUNT,
        .argument = "N",
        .check = check_partition,
        .help = "only this partition",
        .otherwise = "all",
        .group = reading,
    },
    {
        .name = "group",
        .letters = "g",
        .type = OPTION_TEXT,
        .argument = "GROUP",
        .check = check_name,
        .help = "read as a member of this group, from what it has committed, and commit",
        .otherwise = "no group, nothing is committed",
        .group = reading,
    },
    {
        .name = "from",
        .type = OPTION_TEXT,
        .argument = "PLACE",
        .check = check_from,
        .help = "where to begin: beginning, end, an offset, a time (2026-01-31T12:00:00Z, or -10m "
                "for ten minutes ago); of a group beginning or end, where it has not committed yet",
        .otherwise = "end",
        .group = reading,
    },
    {
        .name = "until",
        .type = OPTION_CHOICE,
        .argument = "end",
        .help = "stop where the partitions end now",
        .otherwise = "Ctrl-C",
        .group = reading,
    },
    {
        .name = "duration",
        .letters = "d",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .help = "stop after this time: 500ms, 10s, 2m, 1h; a bare number is seconds",
        .group = reading,
    },
    {
        .name = "count",
        .letters = "n",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .help = "stop after N records",
        .group = reading,
    },
    {
        .name = "audit",
        .type = OPTION_SWITCH,
        .help = "say what was lost, came twice, out of order or changed, by the stamps of weir "
                "kafka produce --stamp; exit code 3 when anything was",
        .group = reading,
    },
    {
        .name = "timeout",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .fallback = "10s",
        .help = "longest wait at the beginning: for the brokers, for the group",
        .group = reading,
    },
    {
        .name = "threads",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .fallback = "1",
        .help = "workers, which share the partitions",
        .group = reading,
    },
    {.name = NULL},
};
