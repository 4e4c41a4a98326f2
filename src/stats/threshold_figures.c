/* The table of figures that thresholds know, and how each is taken from a run. */
#include "stats/threshold_figures.h"

#include <math.h>

static const struct hist *response(const struct series_data *d)
{
    return &d->response;
}

static const struct hist *service(const struct series_data *d)
{
    return &d->service;
}

static double ok(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_OK];
}

static double failed(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)series_data_failed(d);
}

static double failed_check(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_FAILED_CHECK];
}

static double error(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ERROR];
}

static double timed_out(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_TIMEOUT];
}

static double abandoned(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ABANDONED];
}

static double started(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->started;
}

/* 100 % of what became of calls. */
static double told(const struct threshold_input *in, const struct series_data *d)
{
    return (double)(in->part ? series_data_ended(d) : d->started);
}

static double rate(const struct threshold_input *in, const struct series_data *d)
{
    return (double)d->started_in_plan / in->length_s;
}

static double skipped(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->skipped;
}

static double planned(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->planned;
}

static double achieved_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->achieved_rate;
}

static double asked_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->asked_rate;
}

static double checks_passed(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)tally_total(&d->checks_passed);
}

static double checks_made(const struct threshold_input *in, const struct series_data *d)
{
    return checks_passed(in, d) + (double)tally_total(&d->checks_failed);
}

static double sum(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return d->sum;
}

/* Only an audit can tell. */
static double audited(const struct series_data *d, uint64_t n)
{
    return d->read.audited ? (double)n : (double)NAN;
}

static double lost(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.lost);
}

static double duplicate(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_DUPLICATE]);
}

static double corrupt(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_CORRUPT]);
}

static double foreign(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_FOREIGN]);
}

static double reordered(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.reordered);
}

static double expected(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)(d->read.classes[RECORD_FIRST] + d->read.lost);
}

static const char no_calls[] = "no call was made";
static const char no_length[] = "the plan had no length";
static const char of_calls[] = "of the calls";
static const char no_audit[] = "no record was audited (weir kafka consume --audit)";
static const char of_records[] = "of the received records";

const struct threshold_figure threshold_figures[] = {
    {
        .name = "response_time",
        .unit = UNIT_SECONDS,
        .times = response,
        .nothing = "no call has a response time",
        .meaning = "from when a call was due until its outcome; ok, failed_check and timeout",
    },
    {
        .name = "service_time",
        .unit = UNIT_SECONDS,
        .times = service,
        .nothing = "no call has a service time",
        .meaning = "from when a call was sent until its reply; ok and failed_check",
    },
    {
        .name = "ok",
        .unit = UNIT_COUNT,
        .value = ok,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls that were answered as expected",
        .share = of_calls,
    },
    {
        .name = "failed",
        .unit = UNIT_COUNT,
        .value = failed,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls with any other fate than ok",
        .share = of_calls,
    },
    {
        .name = "failed_check",
        .unit = UNIT_COUNT,
        .value = failed_check,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls with a complete reply that was not the expected one",
        .share = of_calls,
    },
    {
        .name = "error",
        .unit = UNIT_COUNT,
        .value = error,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls without a complete reply",
        .share = of_calls,
    },
    {
        .name = "timeout",
        .unit = UNIT_COUNT,
        .value = timed_out,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls that had no reply in time",
        .share = of_calls,
    },
    {
        .name = "abandoned",
        .unit = UNIT_COUNT,
        .value = abandoned,
        .whole = told,
        .nothing = no_calls,
        .meaning = "calls that were in flight when the run or their iteration ended",
        .share = of_calls,
    },
    {
        .name = "count",
        .unit = UNIT_COUNT,
        .any_kind = true,
        .value = started,
        .nothing = no_calls,
        .meaning = "calls that were made; of a script's metric: how often it was counted",
    },
    {
        .name = "rate",
        .unit = UNIT_RATE,
        .value = rate,
        .nothing = no_length,
        .meaning = "calls per second of the plan",
    },
    {
        .name = "checks",
        .unit = UNIT_COUNT,
        .value = checks_passed,
        .whole = checks_made,
        .nothing = "no check was made",
        .meaning = "checks that passed",
        .share = "of the checks",
    },
    {
        .name = "end_to_end",
        .unit = UNIT_SECONDS,
        .kind = SERIES_RECORDS,
        .times = response,
        .nothing = "no record that was read has such a time",
        .meaning = "of consumed records: from when a record was due at its sender until it came",
    },
    {
        .name = "since_sent",
        .unit = UNIT_SECONDS,
        .kind = SERIES_RECORDS,
        .times = service,
        .nothing = "no record that was read has such a time",
        .meaning = "of consumed records: from when a record was sent until it came",
    },
    {
        .name = "received",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = started,
        .nothing = "no record was read",
        .meaning = "consumed records",
    },
    {
        .name = "received_rate",
        .unit = UNIT_RATE,
        .kind = SERIES_RECORDS,
        .value = rate,
        .nothing = no_length,
        .meaning = "consumed records per second",
    },
    {
        .name = "lost",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = lost,
        .whole = expected,
        .nothing = no_audit,
        .meaning = "records that did not come and must have",
        .share = "of the expected records",
    },
    {
        .name = "duplicate",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = duplicate,
        .whole = started,
        .nothing = no_audit,
        .meaning = "records that came again",
        .share = of_records,
    },
    {
        .name = "reordered",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = reordered,
        .whole = started,
        .nothing = no_audit,
        .meaning = "records that came behind a later one of their producer and partition",
        .share = of_records,
    },
    {
        .name = "corrupt",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = corrupt,
        .whole = started,
        .nothing = no_audit,
        .meaning = "records whose stamp does not fit them",
        .share = of_records,
    },
    {
        .name = "foreign",
        .unit = UNIT_COUNT,
        .kind = SERIES_RECORDS,
        .value = foreign,
        .whole = started,
        .nothing = no_audit,
        .meaning = "records without a stamp",
        .share = of_records,
    },
    {
        .name = "skipped",
        .unit = UNIT_COUNT,
        .of_run = true,
        .value = skipped,
        .whole = planned,
        .nothing = "no iteration was planned",
        .meaning = "iterations that were not started",
        .share = "of the planned ones",
    },
    {
        .name = "achieved_rate",
        .unit = UNIT_RATE,
        .of_run = true,
        .value = achieved_rate,
        .whole = asked_rate,
        .nothing = "no rate was asked for (closed model), or the plan had no length",
        .meaning = "iterations started per second",
        .share = "of the asked rate",
    },
    {.name = NULL},
};

const struct threshold_figure threshold_counter = {
    .name = "a counter",
    .unit = UNIT_NUMBER,
    .kind = SERIES_COUNTER,
    .value = sum,
    .nothing = "nothing was counted",
    .meaning = "the sum of what weir.count added",
};

const struct threshold_figure threshold_values = {
    .name = "a script's metric",
    .unit = UNIT_NUMBER,
    .kind = SERIES_VALUES,
    .times = response,
    .nothing = "no value was recorded",
    .meaning = "a figure of the values that weir.record took",
};
