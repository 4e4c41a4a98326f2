/* weir broker: the embedded broker as a process of its own, to try clients on. It serves until
 * Ctrl-C, and does what lines on its standard input say meanwhile. */
#include "cli/cmd_broker.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/list.h"
#include "cli/broker_commands.h"
#include "cli/broker_retention.h"
#include "cli/input_lines.h"
#include "loop/signals.h"

static int run(const struct args *settings, struct err *e);

static const char cluster[] = "Broker";
static const char settings_group[] = "Settings";

static bool check_most(str value, uint64_t most, const char *what, struct err *e)
{
    uint64_t n;
    return (str_u64(value, &n) && n <= most) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "' is not %s up to %" PRIu64, STR_ARG(value), what,
                   most);
}

static bool check_port(str value, struct err *e)
{
    return check_most(value, UINT16_MAX, "a port", e);
}

static bool check_partitions(str value, struct err *e)
{
    return check_most(value, KAFKA_EMBEDDED_PARTITIONS_MOST, "a number of partitions", e);
}

static bool check_nodes(str value, struct err *e)
{
    return check_most(value, KAFKA_EMBEDDED_BROKERS_MOST, "a number of brokers", e);
}

static const struct option options_broker[] = {
    {
        .name = "port",
        .type = OPTION_COUNT,
        .argument = "PORT",
        .fallback = "9092",
        .check = check_port,
        .help = "where it listens on 127.0.0.1; 0 takes a free one",
        .group = cluster,
    },
    {
        .name = "topic",
        .type = OPTION_TEXT,
        .argument = "NAME[:PARTITIONS]",
        .repeats = true,
        .help = "make this topic",
        .group = cluster,
    },
    {
        .name = "partitions",
        .type = OPTION_COUNT,
        .argument = "N",
        .fallback = "6",
        .least = 1,
        .check = check_partitions,
        .help = "of topics made here without a number of their own",
        .group = cluster,
    },
    {
        .name = "nodes",
        .type = OPTION_COUNT,
        .argument = "N",
        .fallback = "1",
        .least = 1,
        .check = check_nodes,
        .help = "brokers of the cluster; the second has the next port, and so on",
        .group = cluster,
    },
    {
        .name = "fault",
        .type = OPTION_TEXT,
        .argument = "COMMAND",
        .repeats = true,
        .help = "begin with this, a command as on standard input: 'rtt 100ms'",
        .group = cluster,
    },
    {
        .name = "help",
        .letters = "h",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "show this, then stop",
        .group = settings_group,
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options_broker, NULL};

const struct command cmd_broker = {
    .name = "broker",
    .summary = "a Kafka-protocol broker in memory, for trying and for tests, with faults on demand",
    .examples =
        {
            {"on 127.0.0.1:9092, with a topic of 6 partitions", "weir broker --topic orders"},
            {"each answer 100 ms late, the first 3 produce requests refused",
             "weir broker --fault 'rtt 100ms' --fault 'error PRODUCE NOT_LEADER_FOR_PARTITION 3'"},
            {"three brokers; type help, then: leader orders 0 2",
             "weir broker --nodes 3 --topic orders:1"},
        },
    .tables = tables,
    .run = run,
};

/* What is said of it belongs to proto/kafka_embedded.h. */
static const char limits[] =
    "In memory, for trying and for tests; what it is not:\n"
    "  it keeps       about 5 MB or 100 000 batches per partition, then drops the oldest, and says "
    "so\n"
    "  it has no      CreateTopics (--topic, or the command: topic NAME 6), group listing, offsets "
    "by\n"
    "                 time, ACLs, transaction isolation\n"
    "  it makes       4 partitions for a topic that a client asks for and nobody made\n"
    "  it is slow at  a group's first join (3 s), and a waiting consumer sees new records after "
    "its\n"
    "                 fetch.wait.max.ms only: set that to 5\n"
    "  it is not for  Java clients: they misread its versions and wait for 20 minutes\n"
    "Commands on standard input: help lists them; Ctrl-C ends it\n";

struct broker {
    struct broker_control control;
    struct loop *loop;
    struct signals signals;
    struct input_lines input;
    struct broker_retention retention;
    bool ending;
};

/* ---- what it is told ---- */

static void answer(struct input_lines *in, str line)
{
    struct broker *b = CONTAINER_OF(in, struct broker, input);
    struct buf done = {0};
    struct err e;
    if (line.n == 0)
        return;
    if (broker_command(&b->control, line, &done, &e))
        printf("ok " STR_FMT "\n", STR_ARG(buf_view(&done)));
    else
        printf("error %s\n", e.text);
    fflush(stdout);
    buf_free(&done);
}

static bool make_topic(const struct broker_control *c, str text, struct err *e)
{
    str name, number;
    uint64_t partitions = c->partitions;
    if (str_cut(text, ':', &name, &number) && !str_u64(number, &partitions))
        return err_set(e, ERR_USAGE, "--topic: '" STR_FMT "' is not a number of partitions",
                       STR_ARG(number));
    if (partitions > KAFKA_EMBEDDED_PARTITIONS_MOST)
        partitions = KAFKA_EMBEDDED_PARTITIONS_MOST + 1; /* refused below */
    return kafka_embedded_topic(c->broker, name, (unsigned)partitions, e) || err_wrap(e, "--topic");
}

static bool do_what_flags_say(const struct broker_control *c, const struct args *a, struct err *e)
{
    struct buf unused = {0};
    bool good = true;
    for (size_t i = 0; good && i < args_times(a, "topic"); i++)
        good = make_topic(c, args_item(a, "topic", i), e);
    for (size_t i = 0; good && i < args_times(a, "fault"); i++)
        good = broker_command(c, args_item(a, "fault", i), &unused, e) || err_wrap(e, "--fault");
    buf_free(&unused);
    return good;
}

/* ---- serving ---- */

static void signalled(struct signals *s)
{
    CONTAINER_OF(s, struct broker, signals)->ending = true;
}

static bool serve(struct broker *b, const struct args *a, struct err *e)
{
    if (!do_what_flags_say(&b->control, a, e) ||
        !broker_retention_open(&b->retention, b->control.broker, b->loop, e))
        return false;
    printf("listening on %s\n%s", kafka_embedded_address(b->control.broker), limits);
    fflush(stdout);
    b->input.line = answer;
    input_lines_open(&b->input, b->loop, STDIN_FILENO);
    loop_run(b->loop, &b->ending);
    input_lines_close(&b->input);
    broker_retention_close(&b->retention);
    return true;
}

static bool open_and_serve(struct broker *b, const struct args *a, struct err *e)
{
    struct kafka_embedded_options o = {.port = (unsigned)args_count(a, "port", 0),
                                       .brokers = (unsigned)args_count(a, "nodes", 1)};
    if (o.port && o.port + o.brokers - 1 > UINT16_MAX)
        return err_set(e, ERR_USAGE, "--port %u: there are not %u ports from there on", o.port,
                       o.brokers);
    b->control.broker = kafka_embedded_open(&o, e);
    if (!b->control.broker)
        return false;
    b->control.partitions = (unsigned)args_count(a, "partitions", 0);
    bool good = serve(b, a, e);
    kafka_embedded_close(b->control.broker);
    return good;
}

static int run(const struct args *settings, struct err *e)
{
    struct broker b = {.signals.came = signalled};
    b.loop = loop_open(&(struct loop_options){.backend = "epoll"}, e);
    if (!b.loop)
        return 1;
    bool good = signals_open(&b.signals, b.loop, e);
    if (good) {
        good = open_and_serve(&b, settings, e);
        signals_close(&b.signals);
    }
    loop_close(b.loop);
    return good ? 0 : 1;
}
