/* Counting on the worker's own thread: an index, an increment; memory only at a series' first use.
 */
#include "stats/recorder.h"

#include "base/clock.h"
#include "base/mem.h"

/* How far back a start looks for the entry of its second and series. Entries of one kind may be
 * there twice: they add up. */
enum { LOOK_BACK = 16 };

static void make_room(struct recorder *r, unsigned i)
{
    unsigned capacity = r->capacity ? r->capacity : 8;
    while (capacity <= i)
        capacity *= 2;
    r->series = mem_grow(r->series, capacity * sizeof *r->series);
    r->data = mem_grow(r->data, capacity * sizeof *r->data);
    for (unsigned j = r->capacity; j < capacity; j++) {
        r->series[j] = NULL;
        r->data[j] = NULL;
    }
    r->capacity = capacity;
}

struct series_data *recorder_first_use(struct recorder *r, unsigned i, const struct series *s)
{
    if (i >= r->capacity)
        make_room(r, i);
    if (i >= r->n)
        r->n = i + 1;
    r->series[i] = s;
    r->data[i] = mem_zero(sizeof *r->data[i]);
    return r->data[i];
}

static struct other_start *other_start(struct recorder *r, int64_t second, unsigned i)
{
    size_t oldest = r->n_others > LOOK_BACK ? r->n_others - LOOK_BACK : 0;
    for (size_t j = r->n_others; j-- > oldest;)
        if (r->others[j].series == i && r->others[j].second == second)
            return &r->others[j];
    r->others = mem_room(r->others, r->n_others, &r->others_capacity, sizeof *r->others);
    r->others[r->n_others] = (struct other_start){.second = second, .series = i};
    return &r->others[r->n_others++];
}

void recorder_started(struct recorder *r, unsigned i, const struct series *s, uint64_t due_ns,
                      bool in_plan)
{
    struct series_data *d = recorder_data(r, i, s);
    int64_t second = (int64_t)(due_ns / NS_PER_S);
    if (second == r->second) {
        d->started++;
        d->started_in_plan += in_plan;
    } else {
        struct other_start *other = other_start(r, second, i);
        other->calls++;
        other->calls_in_plan += in_plan;
    }
}

struct series_data *recorder_measured(struct recorder *r, unsigned i, const struct series *s)
{
    while (r->n_measured <= i) {
        size_t capacity = r->measured_capacity;
        r->measured = mem_room(r->measured, r->n_measured, &capacity, sizeof *r->measured);
        r->measured_capacity = (unsigned)capacity;
        r->measured[r->n_measured++] = (struct recorder_measure){.series = s};
    }
    r->measured[i].series = s;
    return &r->measured[i].data;
}

void recorder_clear(struct recorder *r)
{
    for (unsigned i = 0; i < r->n_measured; i++)
        series_data_clear(&r->measured[i].data);
    for (unsigned i = 0; i < r->n; i++)
        if (r->data[i])
            series_data_clear(r->data[i]);
    iteration_books_clear(&r->books);
    r->n_others = 0;
    hist_clear(&r->lateness);
    hist_clear(&r->wait);
    hist_clear(&r->turn);
    reply_book_clear(&r->replies);
    r->awaited = (struct awaited_book){0};
    tally_clear(&r->script_errors);
    r->log_lines_lost = 0;
}

void recorder_free(struct recorder *r)
{
    for (unsigned i = 0; i < r->n; i++)
        if (r->data[i]) {
            series_data_free(r->data[i]);
            mem_free(r->data[i]);
        }
    for (unsigned i = 0; i < r->n_measured; i++)
        series_data_free(&r->measured[i].data);
    mem_free(r->measured);
    mem_free(r->series);
    mem_free(r->data);
    mem_free(r->others);
    hist_free(&r->lateness);
    hist_free(&r->wait);
    hist_free(&r->turn);
    reply_book_free(&r->replies);
    tally_free(&r->script_errors);
    iteration_books_free(&r->books);
    *r = (struct recorder){0};
}
