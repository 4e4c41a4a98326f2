/* The table of flags, and what they come to. */
#include "responder/options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/args.h"
#include "base/units.h"

static const char place[] = "What it reads and writes";
static const char misbehaviour[] = "How it misbehaves";
static const char other[] = "Other";

/* ---- forms ---- */

static bool check_name(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "the name is empty");
}

static bool check_share(str value, struct err *e)
{
    uint64_t unused;
    return units_share(value, &unused, e);
}

/* "1%:3s" */
static bool read_delay(str text, uint64_t *ppb, uint64_t *ns, struct err *e)
{
    str share, time;
    if (str_cut(text, ':', &share, &time))
        return units_share(share, ppb, e) && units_duration(time, ns, e);
    return err_set(e, ERR_USAGE, "'" STR_FMT "': write it like 1%%:3s, that share, so much later",
                   STR_ARG(text));
}

static bool check_delay(str value, struct err *e)
{
    uint64_t ppb, ns;
    return read_delay(value, &ppb, &ns, e);
}

static bool read_id(str text, str *header, struct err *e)
{
    str kind;
    *header = (str){NULL, 0};
    if (str_eq(text, STR("key")) ||
        (str_cut(text, ':', &kind, header) && str_eq(kind, STR("header")) && header->n))
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "': write header:NAME or key", STR_ARG(text));
}

static bool check_id(str value, struct err *e)
{
    str header;
    return read_id(value, &header, e);
}

static const struct option table[] = {
    {.name = "brokers",
     .letters = "b",
     .type = OPTION_TEXT,
     .argument = "HOST:PORT,...",
     .fallback = "127.0.0.1:9092",
     .check = check_name,
     .help = "where the cluster is",
     .group = place},
    {.name = "topic",
     .letters = "t",
     .type = OPTION_TEXT,
     .argument = "TOPIC",
     .check = check_name,
     .help = "the requests",
     .group = place},
    {.name = "reply",
     .type = OPTION_TEXT,
     .argument = "TOPIC",
     .check = check_name,
     .help = "the replies",
     .otherwise = "where the headers kafka_replyTopic and kafka_replyPartition say",
     .group = place},
    {.name = "group",
     .letters = "g",
     .type = OPTION_TEXT,
     .argument = "GROUP",
     .check = check_name,
     .help = "read as a member of this group, which commits",
     .otherwise = "all partitions, from their end on",
     .group = place},
    {.name = "property",
     .letters = "X",
     .type = OPTION_TEXT,
     .argument = "NAME=VALUE",
     .repeats = true,
     .help = "a property of librdkafka; producer. or consumer. may stand before it",
     .group = place},
    {.name = "drop",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "that share of the requests has no reply, exactly: with 1% one of each hundred",
     .group = misbehaviour},
    {.name = "duplicate",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "has its reply twice",
     .group = misbehaviour},
    {.name = "delay",
     .type = OPTION_TEXT,
     .argument = "SHARE:T",
     .fallback = "0%:0s",
     .check = check_delay,
     .help = "has its reply so much later: 1%:3s",
     .group = misbehaviour},
    {.name = "corrupt",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "has a reply whose last byte is another",
     .group = misbehaviour},
    {.name = "foreign",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "has a second reply, with an id that nobody issued",
     .group = misbehaviour},
    {.name = "tombstone",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "has a reply without a value",
     .group = misbehaviour},
    {.name = "wrong-key",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "has a reply with another key",
     .group = misbehaviour},
    {.name = "shuffle",
     .type = OPTION_COUNT,
     .argument = "N",
     .fallback = "0",
     .help = "hold N replies and send one of them at random for each that comes; all when no "
             "request comes",
     .group = misbehaviour},
    {.name = "id",
     .type = OPTION_TEXT,
     .argument = "header:NAME|key",
     .fallback = "header:correlationId",
     .check = check_id,
     .help = "where the id is that a foreign reply has another in",
     .group = misbehaviour},
    {.name = "seed",
     .type = OPTION_COUNT,
     .argument = "N",
     .fallback = "1",
     .help = "chooses the requests that are answered wrong",
     .group = other},
    {.name = "count",
     .letters = "n",
     .type = OPTION_COUNT,
     .argument = "N",
     .least = 1,
     .help = "end after N requests, when all is answered",
     .group = other},
    {.name = "help",
     .letters = "h",
     .type = OPTION_SWITCH,
     .help = "show this, then stop",
     .group = other},
    {.name = NULL},
};

static const struct option *const tables[] = {table, NULL};

static const struct args_grammar grammar = {
    .command = "weir-responder",
    .prefix = "",
    .operand = "ARGUMENT",
    .tables = tables,
};

static void print_help(void)
{
    struct buf out = {0};
    buf_str(&out,
            STR("weir-responder -t TOPIC [OPTION]...: answers Kafka requests, to try weir on\n\n"
                "A reply has key, value and headers of its request. At the end (Ctrl-C, or "
                "--count) it prints what it did, as JSON.\n"));
    options_help(tables, grammar.prefix, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
}

/* ---- values ---- */

/* A property is for whichever client takes it, or for both. */
static bool read_property(str text, struct responder_options *o, struct err *e)
{
    return kafka_property_read_for_both(text, &o->arena, &o->producer, &o->consumer, e) ||
           err_wrap(e, "-X");
}

static bool read_shares(const struct args *a, struct responder_options *o, struct err *e)
{
    static const char *const names[FAULTS] = {
        [FAULT_DROP] = "drop",           [FAULT_DUPLICATE] = "duplicate",
        [FAULT_CORRUPT] = "corrupt",     [FAULT_FOREIGN] = "foreign",
        [FAULT_TOMBSTONE] = "tombstone", [FAULT_WRONG_KEY] = "wrong-key"};
    uint64_t sum = 0;
    read_delay(args_text(a, "delay"), &o->shares[FAULT_DELAY], &o->delay_ns, e);
    for (int i = 0; i < FAULTS; i++) {
        if (names[i])
            units_share(args_text(a, names[i]), &o->shares[i], e);
        sum += o->shares[i];
    }
    return sum <= UINT64_C(1000000000) ||
           err_set(e, ERR_USAGE, "the shares make more than 100%%: a request has one fault");
}

static const char *text_of(const struct args *a, const char *name, struct arena *arena)
{
    return args_given(a, name) ? arena_z(arena, args_text(a, name)) : NULL;
}

static bool read_values(const struct args *a, struct responder_options *o, struct err *e)
{
    str header;
    if (a->n_operands)
        return err_set(e, ERR_USAGE,
                       "unexpected '" STR_FMT "'; weir-responder --help lists what there is",
                       STR_ARG(a->operands[0]));
    if (!args_given(a, "topic"))
        return err_set(e, ERR_USAGE, "-t says where the requests are: -t TOPIC");
    o->brokers = arena_dup(&o->arena, args_text(a, "brokers"));
    o->requests = text_of(a, "topic", &o->arena);
    o->replies = text_of(a, "reply", &o->arena);
    o->group = text_of(a, "group", &o->arena);
    read_id(args_text(a, "id"), &header, e);
    o->id_header = header.n ? arena_z(&o->arena, header) : NULL;
    o->shuffle = (unsigned)args_count(a, "shuffle", 0);
    o->seed = args_count(a, "seed", 1);
    o->count = args_count(a, "count", UINT64_MAX);
    for (size_t i = 0; i < args_times(a, "property"); i++)
        if (!read_property(args_item(a, "property", i), o, e))
            return false;
    return read_shares(a, o, e);
}

bool responder_options_read(struct responder_options *o, int argc, char **argv, bool *help,
                            struct err *e)
{
    struct args a;
    args_open(&a, &grammar);
    bool good = args_flags(&a, argc - 1, argv + 1, e) && args_check(&a, e);
    *help = good && args_switch(&a, "help");
    if (*help)
        print_help();
    else if (good)
        good = read_values(&a, o, e);
    args_close(&a);
    return good;
}

void responder_options_free(struct responder_options *o)
{
    arena_free(&o->arena);
}
