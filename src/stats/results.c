/* The merge of all recorders, by series. */
#include "stats/results.h"

#include <string.h>

#include "base/mem.h"

static void insert(struct results *r, struct result *entry)
{
    r->list = mem_room(r->list, r->n, &r->capacity, sizeof *r->list);
    size_t place = r->n;
    if (entry->series->kind == SERIES_CALLS) {
        place = entry->series->part ? r->n_timed : r->n_calls++;
        r->n_timed++;
    } else if (entry->series->kind == SERIES_RECORDS) {
        place = r->n_timed + r->n_records++;
    }
    memmove(&r->list[place + 1], &r->list[place], (r->n - place) * sizeof *r->list);
    r->list[place] = entry;
    r->n++;
}

struct result *results_get(struct results *r, const struct series *s)
{
    struct result *same_name = map_get(&r->by_name, s->name);
    for (struct result *e = same_name; e; e = e->same_name)
        if (series_same(e->series, s))
            return e;
    struct result *entry = mem_zero(sizeof *entry);
    entry->series = s;
    entry->same_name = same_name;
    map_put(&r->by_name, s->name, entry);
    insert(r, entry);
    return entry;
}

static void add_counts(struct results *r, const struct recorder *from)
{
    for (unsigned i = 0; i < from->n; i++)
        if (from->data[i] && !series_data_empty(from->data[i]))
            series_data_merge(&results_get(r, from->series[i])->data, from->data[i]);
    for (unsigned i = 0; i < from->n_measured; i++)
        if (!series_data_empty(&from->measured[i].data))
            series_data_merge(&results_get(r, from->measured[i].series)->data,
                              &from->measured[i].data);
    iteration_books_merge(&r->books, &from->books);
    hist_merge(&r->lateness, &from->lateness);
    hist_merge(&r->wait, &from->wait);
    hist_merge(&r->turn, &from->turn);
    reply_book_merge(&r->replies, &from->replies);
    awaited_book_merge(&r->awaited, &from->awaited);
    tally_merge(&r->script_errors, &from->script_errors);
    r->log_lines_lost += from->log_lines_lost;
}

static void add_start(struct results *r, const struct recorder *from, const struct other_start *s)
{
    struct series_data *d = &results_get(r, from->series[s->series])->data;
    d->started += s->calls;
    d->started_in_plan += s->calls_in_plan;
}

void results_add(struct results *r, const struct recorder *from)
{
    add_counts(r, from);
    for (size_t i = 0; i < from->n_others; i++)
        add_start(r, from, &from->others[i]);
}

void results_add_second(struct results *r, const struct recorder *from, int64_t second)
{
    if (second == from->second)
        add_counts(r, from);
    for (size_t i = 0; i < from->n_others; i++)
        if (from->others[i].second == second)
            add_start(r, from, &from->others[i]);
}

void results_merge(struct results *into, const struct results *from)
{
    for (size_t i = 0; i < from->n; i++)
        series_data_merge(&results_get(into, from->list[i]->series)->data, &from->list[i]->data);
    iteration_books_merge(&into->books, &from->books);
    hist_merge(&into->lateness, &from->lateness);
    hist_merge(&into->wait, &from->wait);
    hist_merge(&into->turn, &from->turn);
    reply_book_merge(&into->replies, &from->replies);
    awaited_book_merge(&into->awaited, &from->awaited);
    tally_merge(&into->script_errors, &from->script_errors);
    into->log_lines_lost += from->log_lines_lost;
}

static void give_up_calls(struct series_data *d, str why)
{
    uint64_t ended = series_data_ended(d);
    if (d->started <= ended)
        return;
    d->fates[FATE_ABANDONED] += d->started - ended;
    tally_add(&d->causes, tally_text(why), d->started - ended);
}

void results_give_up(struct results *r, str why)
{
    for (size_t i = 0; i < r->n_timed; i++)
        give_up_calls(&r->list[i]->data, why);
    for (unsigned i = 0; i < r->books.n; i++) {
        struct iteration_book *b = &r->books.list[i];
        uint64_t ended = b->completed + b->script_error + b->interrupted;
        b->interrupted += b->started > ended ? b->started - ended : 0;
    }
}

void results_total(const struct results *r, struct series_data *into)
{
    for (size_t i = 0; i < r->n_calls; i++)
        series_data_merge(into, &r->list[i]->data);
}

void results_records(const struct results *r, struct series_data *into)
{
    for (size_t i = 0; i < r->n_records; i++)
        series_data_merge(into, &r->list[r->n_timed + i]->data);
}

uint64_t results_answered(const struct results *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->n_calls; i++) {
        const struct series_data *d = &r->list[i]->data;
        if (r->list[i]->series->replies)
            sum += d->fates[FATE_OK] + d->fates[FATE_FAILED_CHECK];
    }
    return sum;
}

void results_measure(const struct results *r, enum measure_id id, str client,
                     struct series_data *into)
{
    struct result *e = map_get(&r->by_name, str_from(measures[id].name));
    for (; e; e = e->same_name)
        if (e->series->kind == measures[id].kind &&
            (client.n == 0 || str_eq(series_tag(e->series, STR("client")), client)))
            series_data_merge(into, &e->data);
}

uint64_t results_counted(const struct results *r, enum measure_id id)
{
    struct series_data sum = {0};
    results_measure(r, id, STR(""), &sum);
    uint64_t n = (uint64_t)sum.sum;
    series_data_free(&sum);
    return n;
}

void results_free(struct results *r)
{
    for (size_t i = 0; i < r->n; i++) {
        series_data_free(&r->list[i]->data);
        mem_free(r->list[i]);
    }
    mem_free(r->list);
    map_free(&r->by_name);
    hist_free(&r->lateness);
    hist_free(&r->wait);
    hist_free(&r->turn);
    reply_book_free(&r->replies);
    tally_free(&r->script_errors);
    iteration_books_free(&r->books);
    *r = (struct results){0};
}
