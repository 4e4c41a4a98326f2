/* A record's time is what it waits here (for room in the client's queue, in that queue, for the
 * wire) and the round trip of its request. What is more than half of it, on average, made it slow.
 * A round trip that is long by itself comes first: behind it queues fill, whoever owns them. */
#include "engine/evidence.h"

#include "base/clock.h"
#include "base/units.h"
#include "stats/measures.h"

static const double slow_s = 0.1;       /* 1 in 100 records: then somebody asks why */
static const double long_trip_s = 0.1;  /* no network takes so long, a broker or a proxy does */
static const double long_turn_s = 0.05; /* of the loop; health.c degrades the run at the same */

/* The series of that name that is worst on average; NULL: none was measured. */
static const struct result *worst_of(const struct results *r, enum measure_id id,
                                     bool (*counts)(const struct result *))
{
    const struct result *found = NULL;
    double most = -1;
    struct result *e = map_get(&r->by_name, str_from(measures[id].name));
    for (; e; e = e->same_name) {
        bool fits = e->series->kind == measures[id].kind && e->data.started > 0 && counts(e);
        if (fits && e->data.sum / (double)e->data.started > most) {
            most = e->data.sum / (double)e->data.started;
            found = e;
        }
    }
    return found;
}

static bool any(const struct result *r)
{
    (void)r;
    return true;
}

/* A broker keeps a reader's request until there is something to read: that is no round trip. */
static bool is_producers(const struct result *r)
{
    return str_eq(series_tag(r->series, STR("client")), STR("producer"));
}

static const struct result *worst(const struct results *r, enum measure_id id)
{
    return worst_of(r, id, is_producers);
}

static const struct result *longest_throttle(const struct results *r)
{
    return worst_of(r, MEASURE_THROTTLE_MAX, any);
}

static double mean_s(const struct result *r)
{
    return r ? r->data.sum / (double)r->data.started : 0;
}

static bool is_slow(const struct summary *s)
{
    const struct hist *h = &s->total->response;
    return s->verdict->validity != RUN_VALID || s->total->fates[FATE_TIMEOUT] > 0 ||
           (h->count && (double)hist_percentile(h, 99) / 1e9 > slow_s);
}

/* Averages, seconds. */
struct times {
    double record, here, trip, turn; /* turn: the longest */
    bool throttled;
};

static struct times times_of(const struct summary *s)
{
    const struct results *r = s->results;
    const struct hist *all = &s->total->response;
    double wait_s = r->wait.count ? hist_mean(&r->wait) / 1e9 : 0;
    return (struct times){
        .record = all->count ? hist_mean(all) / 1e9 : 0,
        .here = wait_s + mean_s(worst(r, MEASURE_QUEUE_AVG)) + mean_s(worst(r, MEASURE_OUTBUF_AVG)),
        .trip = mean_s(worst(r, MEASURE_RTT_AVG)),
        .turn = r->turn.count ? (double)r->turn.max / 1e9 : 0,
        .throttled = mean_s(longest_throttle(r)) > 0,
    };
}

enum culprit { NOBODY, QUOTA, TRIP, QUEUES, LOOP };

/* What is long by itself comes before what is only the larger part. */
static enum culprit find_culprit(const struct times *t)
{
    bool queues = t->here * 2 > t->record;
    if (t->throttled)
        return QUOTA;
    if (t->trip > long_trip_s)
        return TRIP;
    if (queues && t->here > slow_s)
        return QUEUES;
    if (t->turn > long_turn_s)
        return LOOP;
    if (t->trip * 2 > t->record)
        return TRIP;
    return queues ? QUEUES : NOBODY;
}

static struct human longest_hold(const struct results *r)
{
    return human_time((double)longest_throttle(r)->data.response.max / 1e9);
}

/* Records that are read have no time of their own by which the run could be called slow. */
static void note_quota_of_reader(struct summary *s)
{
    if (mean_s(longest_throttle(s->results)) > 0)
        verdict_note(s->verdict,
                     "the broker: its quota held answers back, for up to %s; records were read as "
                     "fast as it lets this client",
                     longest_hold(s->results).text);
}

void evidence_note(struct summary *s)
{
    const struct results *r = s->results;
    const struct result *rtt = worst(r, MEASURE_RTT_AVG);
    if (s->info->plan->reads)
        note_quota_of_reader(s);
    if (s->info->plan->reads)
        return;
    const struct times t = times_of(s);
    if (!t.throttled && !(rtt && is_slow(s))) /* of a closed model a quota may slow few records */
        return;
    struct human trip = human_time(t.trip), record = human_time(t.record);
    switch (find_culprit(&t)) {
    case NOBODY:
        break;
    case QUOTA:
        verdict_note(s->verdict,
                     "the broker: its quota held answers back, for up to %s; a record took %s on "
                     "average",
                     longest_hold(r).text, record.text);
        break;
    case TRIP:
        verdict_note(s->verdict,
                     "the broker: a request to broker " STR_FMT
                     " took %s there and back on average, a record %s in all",
                     STR_ARG(series_tag(rtt->series, STR("broker"))), trip.text, record.text);
        break;
    case QUEUES:
        verdict_note(s->verdict,
                     "this machine: of %s that a record took on average, %s passed in the "
                     "client's own queues (linger.ms too); a request to the broker took %s",
                     record.text, human_time(t.here).text, trip.text);
        break;
    case LOOP:
        verdict_note(s->verdict,
                     "this machine: weir's own loop stood still for %s; a request to the broker "
                     "took %s on average",
                     human_time(t.turn).text, trip.text);
        break;
    }
}
