/* How each figure that thresholds know is taken from a run; those of which there may be none are
 * NAN. */
#include "stats/threshold_values.h"

#include <math.h>

const struct hist *threshold_of_response(const struct series_data *d)
{
    return &d->response;
}

const struct hist *threshold_of_service(const struct series_data *d)
{
    return &d->service;
}

double threshold_of_ok(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_OK];
}

double threshold_of_failed(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)series_data_failed(d);
}

double threshold_of_failed_check(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_FAILED_CHECK];
}

double threshold_of_error(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ERROR];
}

double threshold_of_timed_out(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_TIMEOUT];
}

double threshold_of_abandoned(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ABANDONED];
}

double threshold_of_started(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->started;
}

/* 100 % of what became of calls. */
double threshold_of_told(const struct threshold_input *in, const struct series_data *d)
{
    return (double)(in->part ? series_data_ended(d) : d->started);
}

double threshold_of_rate(const struct threshold_input *in, const struct series_data *d)
{
    return (double)d->started_in_plan / in->length_s;
}

double threshold_of_skipped(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->skipped;
}

double threshold_of_planned(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->planned;
}

double threshold_of_achieved_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->achieved_rate;
}

double threshold_of_asked_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->asked_rate;
}

double threshold_of_checks_passed(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)tally_total(&d->checks_passed);
}

double threshold_of_checks_made(const struct threshold_input *in, const struct series_data *d)
{
    return threshold_of_checks_passed(in, d) + (double)tally_total(&d->checks_failed);
}

double threshold_of_sum(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return d->sum;
}

double threshold_of_sum_rate(const struct threshold_input *in, const struct series_data *d)
{
    return d->sum / in->length_s;
}

/* Only an audit can tell. */
static double audited(const struct series_data *d, uint64_t n)
{
    return d->read.audited ? (double)n : (double)NAN;
}

double threshold_of_lost(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.lost);
}

double threshold_of_duplicate(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_DUPLICATE]);
}

double threshold_of_corrupt(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_CORRUPT]);
}

double threshold_of_foreign(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.classes[RECORD_FOREIGN]);
}

double threshold_of_reordered(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return audited(d, d->read.reordered);
}

double threshold_of_expected(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)(d->read.classes[RECORD_FIRST] + d->read.lost);
}

double threshold_of_received(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)reply_book_received(&in->results->replies);
}

static double replies(const struct threshold_input *in, enum reply_class c)
{
    return (double)in->results->replies.classes[c];
}

double threshold_of_matched(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return replies(in, REPLY_IN_TIME);
}

double threshold_of_late(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return replies(in, REPLY_TOO_LATE);
}

double threshold_of_again(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return replies(in, REPLY_AGAIN);
}

double threshold_of_orphan(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return replies(in, REPLY_ORPHAN);
}

double threshold_of_malformed(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return replies(in, REPLY_MALFORMED);
}
