/* weir kafka topics: which there are, with their partitions and leaders; and making one. */
#include "cli/cmd_kafka_topics.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "cli/options_common.h"
#include "cli/options_kafka.h"
#include "proto/kafka_admin.h"
#include "report/page.h"

static int run(const struct args *settings, struct err *e);

static const char making[] = "Making a topic";
static const char answers[] = "Answers";

static bool check_number(str value, struct err *e)
{
    uint64_t n;
    return (str_u64(value, &n) && n <= INT16_MAX) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "' is more than a topic can have", STR_ARG(value));
}

static const struct option options_topics[] = {
    {
        .name = "partitions",
        .letters = "p",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .check = check_number,
        .help = "partitions of the new topic",
        .otherwise = "as the brokers are set",
        .group = making,
    },
    {
        .name = "replicas",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .check = check_number,
        .help = "brokers that each partition of the new topic is on",
        .otherwise = "as the brokers are set",
        .group = making,
    },
    {
        .name = "timeout",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .fallback = "10s",
        .help = "longest wait for the brokers",
        .group = answers,
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options_topics, options_kafka, options_settings,
                                              NULL};

const struct command cmd_kafka_topics = {
    .name = "kafka topics",
    .summary = "list topics with their partitions and leaders, or create one",
    .operands = "[list [TOPIC] | create TOPIC]",
    .most = 2,
    .examples =
        {
            {"which topics there are", "weir kafka topics -b 127.0.0.1:9092"},
            {"make one", "weir kafka topics create orders -p 6"},
            {"the partitions of one", "weir kafka topics list orders"},
        },
    .tables = tables,
    .family = FAMILY_KAFKA,
    .run = run,
};

/* ---- listing ---- */

/* "1 2 3": the brokers that lead partitions, each once; "none" for partitions without. */
static void add_leaders(struct page *p, const struct kafka_topic *t)
{
    for (unsigned i = 0; i < t->n; i++) {
        bool seen = false;
        for (unsigned j = 0; j < i && !seen; j++)
            seen = t->partitions[j].leader == t->partitions[i].leader;
        if (seen)
            continue;
        if (t->partitions[i].leader < 0)
            page_text(p, RED, STR(" none"));
        else
            page_printf(p, PLAIN, " %" PRId32, t->partitions[i].leader);
    }
}

static unsigned fewest_in_sync(const struct kafka_topic *t)
{
    unsigned least = t->n ? t->partitions[0].in_sync : 0;
    for (unsigned i = 1; i < t->n; i++)
        if (t->partitions[i].in_sync < least)
            least = t->partitions[i].in_sync;
    return least;
}

static unsigned widest_name(const struct kafka_topic *list, size_t n)
{
    size_t widest = 5;
    for (size_t i = 0; i < n; i++)
        if (utf8_count(list[i].name) > widest)
            widest = utf8_count(list[i].name);
    return (unsigned)widest;
}

static void list_all(struct page *p, const struct kafka_topic *list, size_t n)
{
    unsigned width = widest_name(list, n);
    page_cell(p, DIM, LEFT, width, STR("topic"));
    page_text(p, DIM, STR("  partitions  replicas  in sync  leaders\n"));
    for (size_t i = 0; i < n; i++) {
        const struct kafka_topic *t = &list[i];
        unsigned replicas = t->n ? t->partitions[0].replicas : 0, in_sync = fewest_in_sync(t);
        page_cell(p, BOLD, LEFT, width, t->name);
        page_printf(p, PLAIN, "%12u%10u", t->n, replicas);
        page_printf(p, in_sync < replicas ? YELLOW : PLAIN, "%9u", in_sync);
        page_text(p, PLAIN, STR(" "));
        add_leaders(p, t);
        page_text(p, PLAIN, STR("\n"));
    }
}

static void list_one(struct page *p, const struct kafka_topic *t)
{
    page_text(p, DIM, STR("partition  leader  replicas  in sync\n"));
    for (unsigned i = 0; i < t->n; i++) {
        const struct kafka_partition *one = &t->partitions[i];
        page_printf(p, PLAIN, "%9" PRId32, one->number);
        page_printf(p, one->leader < 0 ? RED : PLAIN, "%8" PRId32, one->leader);
        page_printf(p, PLAIN, "%10u", one->replicas);
        page_printf(p, one->in_sync < one->replicas ? YELLOW : PLAIN, "%9u\n", one->in_sync);
    }
}

static bool list(struct kafka_admin *a, str name, struct arena *arena, struct err *e)
{
    struct kafka_topic *topics;
    size_t n;
    struct page page = {.paper = paper_of(stdout, false)};
    if (!kafka_admin_topics(a, name, arena, &topics, &n, e))
        return false;
    if (name.p)
        list_one(&page, &topics[0]);
    else
        list_all(&page, topics, n);
    bool written = page_write(&page, e);
    buf_free(&page.text);
    return written;
}

/* ---- creating ---- */

static bool create(struct kafka_admin *a, const struct args *settings, str name, struct err *e)
{
    int partitions = -1, replicas = -1;
    unsigned made;
    if (args_given(settings, "partitions"))
        partitions = (int)args_count(settings, "partitions", 0);
    if (args_given(settings, "replicas"))
        replicas = (int)args_count(settings, "replicas", 0);
    if (!kafka_admin_create(a, name, partitions, replicas, &made, e))
        return false;
    printf("made " STR_FMT " with %u %s\n", STR_ARG(name), made,
           made == 1 ? "partition" : "partitions");
    return true;
}

/* ---- the command ---- */

enum verb { LIST, CREATE };

static bool read_verb(const struct args *a, enum verb *verb, struct err *e)
{
    str word = a->n_operands ? a->operands[0] : STR("list");
    *verb = str_eq(word, STR("create")) ? CREATE : LIST;
    if (*verb == LIST && !str_eq(word, STR("list")))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT
                       "' is neither list nor create; write weir kafka topics list " STR_FMT,
                       STR_ARG(word), STR_ARG(word));
    if (*verb == CREATE && a->n_operands < 2)
        return err_set(e, ERR_USAGE, "create needs a name: weir kafka topics create orders -p 6");
    if (*verb == LIST && (args_given(a, "partitions") || args_given(a, "replicas")))
        return err_set(e, ERR_USAGE, "%s is for making a topic: weir kafka topics create orders",
                       args_given(a, "partitions") ? "-p" : "--replicas");
    return true;
}

static bool work(const struct args *settings, struct arena *arena, struct err *e)
{
    enum verb verb;
    str brokers;
    struct kafka_properties properties = {0};
    if (!read_verb(settings, &verb, e) || !kafka_brokers_read(settings, &brokers, e) ||
        !kafka_properties_read(settings, KAFKA_ADMIN, arena, &properties, e))
        return false;
    if (str_eq(brokers, STR("embedded")))
        return err_set(e, ERR_USAGE,
                       "-b embedded: its topics would end with this command; weir "
                       "broker stays");
    struct kafka_admin *a =
        kafka_admin_open(brokers, &properties, args_duration(settings, "timeout", 0), e);
    if (!a)
        return false;
    str name = settings->n_operands > 1 ? settings->operands[1] : (str){NULL, 0};
    bool good = verb == CREATE ? create(a, settings, name, e) : list(a, name, arena, e);
    kafka_admin_close(a);
    return good;
}

static int run(const struct args *settings, struct err *e)
{
    struct arena arena = {0};
    if (!kafka_properties_listed(settings))
        work(settings, &arena, e);
    arena_free(&arena);
    return 0;
}
