/* The commands of `weir broker`: a table, and a function for each. */
#include "cli/broker_commands.h"

#include <limits.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "base/units.h"

enum { WORDS_MOST = 6 };

struct command_words {
    str at[WORDS_MOST]; /* 0: the command itself */
    unsigned n;
};

struct broker_verb {
    const char *name;
    const char *usage; /* behind the name; what is in brackets may be left out */
    unsigned least, most;
    bool (*run)(const struct broker_control *c, const struct command_words *w, struct buf *done,
                struct err *e);
};

static bool run_rtt(const struct broker_control *c, const struct command_words *w, struct buf *done,
                    struct err *e);
static bool run_down(const struct broker_control *c, const struct command_words *w,
                     struct buf *done, struct err *e);
static bool run_up(const struct broker_control *c, const struct command_words *w, struct buf *done,
                   struct err *e);
static bool run_error(const struct broker_control *c, const struct command_words *w,
                      struct buf *done, struct err *e);
static bool run_leader(const struct broker_control *c, const struct command_words *w,
                       struct buf *done, struct err *e);
static bool run_topic(const struct broker_control *c, const struct command_words *w,
                      struct buf *done, struct err *e);
static bool run_help(const struct broker_control *c, const struct command_words *w,
                     struct buf *done, struct err *e);

static const struct broker_verb verbs[] = {
    {"rtt", "T [BROKER]", 1, 2, run_rtt},
    {"down", "[BROKER]", 0, 1, run_down},
    {"up", "[BROKER]", 0, 1, run_up},
    {"error", "REQUEST ERROR N [BROKER]", 3, 4, run_error},
    {"leader", "TOPIC PARTITION BROKER|none", 3, 3, run_leader},
    {"topic", "NAME [PARTITIONS]", 1, 2, run_topic},
    {"help", "", 0, 0, run_help},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static bool read_number(str word, const char *what, unsigned *out, struct err *e)
{
    uint64_t n;
    if (!str_u64(word, &n) || n > INT_MAX)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is not %s", STR_ARG(word), what);
    *out = (unsigned)n;
    return true;
}

/* Word i, or every broker when there is none. */
static bool read_broker(const struct command_words *w, unsigned i, int *broker, struct err *e)
{
    unsigned id = 0;
    *broker = KAFKA_EVERY_BROKER;
    if (i >= w->n)
        return true;
    if (!read_number(w->at[i], "the number of a broker", &id, e))
        return false;
    *broker = (int)id;
    return true;
}

static void name_broker(int broker, struct buf *out)
{
    if (broker == KAFKA_EVERY_BROKER)
        buf_str(out, STR("every broker"));
    else
        buf_printf(out, "broker %d", broker);
}

static bool run_rtt(const struct broker_control *c, const struct command_words *w, struct buf *done,
                    struct err *e)
{
    enum { LONGEST_S = 600 };
    uint64_t ns;
    int broker;
    if (!units_duration(w->at[1], &ns, e) || !read_broker(w, 2, &broker, e))
        return false;
    if (ns % NS_PER_MS || ns > LONGEST_S * NS_PER_S)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a number of ms up to 10m",
                       STR_ARG(w->at[1]));
    if (!kafka_embedded_delay(c->broker, broker, (unsigned)(ns / NS_PER_MS), e))
        return false;
    name_broker(broker, done);
    if (ns)
        buf_printf(done, " answers %s later", human_duration(ns).text);
    else
        buf_str(done, STR(" answers at once"));
    return true;
}

static bool run_down(const struct broker_control *c, const struct command_words *w,
                     struct buf *done, struct err *e)
{
    int broker;
    if (!read_broker(w, 1, &broker, e) || !kafka_embedded_down(c->broker, broker, e))
        return false;
    name_broker(broker, done);
    buf_str(done, STR(" is down"));
    return true;
}

static bool run_up(const struct broker_control *c, const struct command_words *w, struct buf *done,
                   struct err *e)
{
    int broker;
    if (!read_broker(w, 1, &broker, e) || !kafka_embedded_up(c->broker, broker, e))
        return false;
    name_broker(broker, done);
    buf_str(done, STR(" is up"));
    return true;
}

static bool run_error(const struct broker_control *c, const struct command_words *w,
                      struct buf *done, struct err *e)
{
    unsigned n = 0;
    int broker;
    if (!read_number(w->at[3], "a number of requests", &n, e) || !read_broker(w, 4, &broker, e) ||
        !kafka_embedded_fail(c->broker, broker, w->at[1], w->at[2], n, e))
        return false;
    buf_printf(done, "the next %u " STR_FMT " at ", n, STR_ARG(w->at[1]));
    name_broker(broker, done);
    buf_printf(done, " fail with " STR_FMT, STR_ARG(w->at[2]));
    return true;
}

static bool run_leader(const struct broker_control *c, const struct command_words *w,
                       struct buf *done, struct err *e)
{
    unsigned partition = 0, id = 0;
    bool none = str_eq(w->at[3], STR("none"));
    if (!read_number(w->at[2], "the number of a partition", &partition, e) ||
        (!none && !read_number(w->at[3], "the number of a broker, nor none", &id, e)) ||
        !kafka_embedded_lead(c->broker, none ? KAFKA_NO_BROKER : (int)id, w->at[1], partition, e))
        return false;
    buf_printf(done, "topic " STR_FMT " partition %u is led by ", STR_ARG(w->at[1]), partition);
    if (none)
        buf_str(done, STR("none"));
    else
        name_broker((int)id, done);
    return true;
}

static bool run_topic(const struct broker_control *c, const struct command_words *w,
                      struct buf *done, struct err *e)
{
    unsigned partitions = c->partitions;
    if ((w->n > 2 && !read_number(w->at[2], "a number of partitions", &partitions, e)) ||
        !kafka_embedded_topic(c->broker, w->at[1], partitions, e))
        return false;
    buf_printf(done, "topic " STR_FMT " has %u partition%s", STR_ARG(w->at[1]), partitions,
               partitions == 1 ? "" : "s");
    return true;
}

static bool run_help(const struct broker_control *c, const struct command_words *w,
                     struct buf *done, struct err *e)
{
    (void)c;
    (void)w;
    (void)e;
    for (size_t i = 0; i < VERBS; i++)
        buf_printf(done, "%s%s%s%s", i ? " | " : "", verbs[i].name, *verbs[i].usage ? " " : "",
                   verbs[i].usage);
    return true;
}

static const struct broker_verb *find_verb(str name, struct err *e)
{
    struct nearest nearest = {0};
    for (size_t i = 0; i < VERBS; i++) {
        if (str_eq(name, str_from(verbs[i].name)))
            return &verbs[i];
        nearest_try(&nearest, name, str_from(verbs[i].name));
    }
    if (nearest.best.n)
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a command; did you mean " STR_FMT "?",
                STR_ARG(name), STR_ARG(nearest.best));
    else
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a command; help lists them", STR_ARG(name));
    return NULL;
}

/* Words between blanks; more than there may be count, but are not kept. */
static struct command_words split(str line)
{
    struct command_words w = {.n = 0};
    str word;
    while (str_next(&line, ' ', &word)) {
        word = str_trim(word);
        if (word.n && w.n < WORDS_MOST)
            w.at[w.n] = word;
        w.n += word.n > 0;
    }
    return w;
}

bool broker_command(const struct broker_control *c, str line, struct buf *done, struct err *e)
{
    struct command_words w = split(line);
    const struct broker_verb *v = find_verb(w.at[0], e);
    if (!v)
        return false;
    if (w.n - 1 < v->least || w.n - 1 > v->most)
        return err_set(e, ERR_USAGE, "write it like: %s%s%s", v->name, *v->usage ? " " : "",
                       v->usage);
    return v->run(c, &w, done, e);
}
