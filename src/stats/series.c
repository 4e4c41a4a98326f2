/* What is counted under one name, and how counts of different times or workers add up. */
#include "stats/series.h"

const char *record_class_name(enum record_class c)
{
    static const char *const names[RECORD_CLASSES] = {"first", "duplicate", "corrupt", "foreign"};
    return names[c];
}

bool series_same(const struct series *a, const struct series *b)
{
    if (a == b)
        return true;
    return a->part == b->part && a->kind == b->kind && str_eq(a->name, b->name) &&
           series_same_tags(a, b);
}

str series_tag(const struct series *s, str name)
{
    for (unsigned i = 0; i < s->n_tags; i++)
        if (str_eq(s->tags[i].name, name))
            return s->tags[i].value;
    return STR("");
}

bool series_same_tags(const struct series *a, const struct series *b)
{
    if (a->n_tags != b->n_tags)
        return false;
    for (unsigned i = 0; i < a->n_tags; i++)
        if (!str_eq(a->tags[i].name, b->tags[i].name) ||
            !str_eq(a->tags[i].value, b->tags[i].value))
            return false;
    return true;
}

void record_counts_add(struct record_counts *into, const struct record_counts *from)
{
    into->audited = into->audited || from->audited;
    for (unsigned i = 0; i < RECORD_CLASSES; i++)
        into->classes[i] += from->classes[i];
    into->reordered += from->reordered;
    into->lost += from->lost;
    into->early += from->early;
    if (from->earliest_ns > into->earliest_ns)
        into->earliest_ns = from->earliest_ns;
}

void series_data_merge(struct series_data *into, const struct series_data *from)
{
    into->started += from->started;
    into->started_in_plan += from->started_in_plan;
    for (unsigned f = 0; f < FATES; f++)
        into->fates[f] += from->fates[f];
    hist_merge(&into->response, &from->response);
    hist_merge(&into->service, &from->service);
    into->bytes_sent += from->bytes_sent;
    into->bytes_received += from->bytes_received;
    into->body_bytes += from->body_bytes;
    into->possibly_stored += from->possibly_stored;
    into->reconnects += from->reconnects;
    tally_merge(&into->status, &from->status);
    tally_merge(&into->causes, &from->causes);
    tally_merge(&into->checks_passed, &from->checks_passed);
    tally_merge(&into->checks_failed, &from->checks_failed);
    into->sum += from->sum;
    if (from->started)
        into->last = from->last;
    record_counts_add(&into->read, &from->read);
}

void series_data_clear(struct series_data *d)
{
    hist_clear(&d->response);
    hist_clear(&d->service);
    tally_clear(&d->status);
    tally_clear(&d->causes);
    tally_clear(&d->checks_passed);
    tally_clear(&d->checks_failed);
    d->started = d->started_in_plan = 0;
    for (unsigned f = 0; f < FATES; f++)
        d->fates[f] = 0;
    d->sum = d->last = 0;
    d->read = (struct record_counts){.audited = false};
    d->bytes_sent = d->bytes_received = d->body_bytes = d->possibly_stored = d->reconnects = 0;
}

void series_data_free(struct series_data *d)
{
    hist_free(&d->response);
    hist_free(&d->service);
    tally_free(&d->status);
    tally_free(&d->causes);
    tally_free(&d->checks_passed);
    tally_free(&d->checks_failed);
    *d = (struct series_data){0};
}

uint64_t series_data_failed(const struct series_data *d)
{
    uint64_t failed = 0;
    for (unsigned f = FATE_OK + 1; f < FATES; f++)
        failed += d->fates[f];
    return failed;
}

uint64_t series_data_ended(const struct series_data *d)
{
    return d->fates[FATE_OK] + series_data_failed(d);
}

bool series_data_empty(const struct series_data *d)
{
    return d->started == 0 && series_data_ended(d) == 0 && d->checks_passed.used == 0 &&
           d->checks_failed.used == 0;
}
