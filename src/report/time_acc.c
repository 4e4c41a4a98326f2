/* Adding up seconds for the page. Texts of a row die with it: causes are kept by number. */
#include "report/time_acc.h"

#include "base/mem.h"

/* ---- names ---- */

static bool is_timed(const struct series *s)
{
    return s->kind == SERIES_CALLS || s->kind == SERIES_RECORDS;
}

static struct time_series *add_series(struct time_names *names, const struct series *s)
{
    struct time_series *first = map_get(&names->by_name, s->name);
    struct time_series *new = mem_alloc(sizeof *new);
    *new = (struct time_series){s, (unsigned)names->n, first ? first->same_name : NULL};
    names->list = mem_room(names->list, names->n, &names->capacity, sizeof *names->list);
    names->list[names->n++] = new;
    if (first)
        first->same_name = new;
    else
        map_put(&names->by_name, s->name, new);
    return new;
}

struct time_series *time_names_series(struct time_names *names, const struct series *s)
{
    if (!is_timed(s))
        return NULL;
    struct time_series *t = map_get(&names->by_name, s->name);
    for (; t; t = t->same_name)
        if (series_same(t->series, s))
            return t;
    return add_series(names, s);
}

static unsigned cause_number(struct time_names *names, str text)
{
    for (unsigned i = 0; i < names->n_causes; i++)
        if (str_eq(names->causes[i], text))
            return i;
    if (names->n_causes < TIME_CAUSES - 1)
        names->causes[names->n_causes++] = arena_dup(&names->arena, text);
    else if (names->n_causes < TIME_CAUSES)
        names->causes[names->n_causes++] = STR("other");
    return names->n_causes - 1;
}

void time_names_free(struct time_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        mem_free(names->list[i]);
    mem_free(names->list);
    map_free(&names->by_name);
    arena_free(&names->arena);
    *names = (struct time_names){0};
}

/* ---- cells ---- */

static void counts_add(struct time_counts *into, const struct time_counts *from)
{
    into->started += from->started;
    for (unsigned f = 0; f < FATES; f++)
        into->fates[f] += from->fates[f];
    into->bytes_sent += from->bytes_sent;
    into->bytes_received += from->bytes_received;
}

/* A record that was read is done when it comes. */
static struct time_counts counts_of(const struct series *s, const struct series_data *d)
{
    struct time_counts c = {
        .started = d->started, .bytes_sent = d->bytes_sent, .bytes_received = d->bytes_received};
    for (unsigned f = 0; f < FATES; f++)
        c.fates[f] = d->fates[f];
    if (s->kind == SERIES_RECORDS)
        c.fates[FATE_OK] = d->started;
    return c;
}

static void total_add(struct time_total *total, const struct time_counts *counts,
                      const struct hist *response, const struct hist *service)
{
    counts_add(&total->counts, counts);
    hist_merge(&total->response, response);
    hist_merge(&total->service, service);
}

static void cell_merge(struct time_cell *into, const struct time_cell *from)
{
    counts_add(&into->counts, &from->counts);
    hist_list_merge(&into->response, &from->response);
    hist_list_merge(&into->service, &from->service);
}

static struct time_cell *cell_at(struct time_acc *a, size_t number)
{
    if (number >= a->n_cells) {
        a->cells = mem_grow(a->cells, (number + 1) * sizeof *a->cells);
        while (a->n_cells <= number)
            a->cells[a->n_cells++] = NULL;
    }
    if (!a->cells[number])
        a->cells[number] = mem_zero(sizeof **a->cells);
    return a->cells[number];
}

static void add_result(struct time_acc *a, struct time_names *names, const struct result *r,
                       enum series_kind of_total)
{
    const struct series_data *d = &r->data;
    const struct time_series *t = time_names_series(names, r->series);
    if (!t)
        return;
    struct time_counts counts = counts_of(r->series, d);
    struct time_cell *cell = cell_at(a, t->number);
    counts_add(&cell->counts, &counts);
    hist_list_add(&cell->response, &d->response);
    hist_list_add(&cell->service, &d->service);
    if (r->series->part || r->series->kind != of_total)
        return;
    total_add(&a->total, &counts, &d->response, &d->service);
    for (size_t i = 0; i < d->causes.used; i++)
        a->causes[cause_number(names, d->causes.rows[i].key.text)] += d->causes.rows[i].count;
}

void time_acc_add(struct time_acc *a, struct time_names *names, const struct results *delta,
                  bool reads)
{
    struct iteration_book books = iteration_books_total(&delta->books);
    for (size_t i = 0; i < delta->n; i++)
        add_result(a, names, delta->list[i], reads ? SERIES_RECORDS : SERIES_CALLS);
    iteration_book_add(&a->iterations, &books);
    hist_merge(&a->lateness, &delta->lateness);
    hist_merge(&a->wait, &delta->wait);
    hist_merge(&a->turn, &delta->turn);
}

void time_acc_merge_cell(struct time_acc *into, const struct time_acc *from, size_t number)
{
    if (number < from->n_cells && from->cells[number])
        cell_merge(cell_at(into, number), from->cells[number]);
}

void time_acc_merge(struct time_acc *into, const struct time_acc *from)
{
    const struct time_total *total = &from->total;
    for (size_t i = 0; i < from->n_cells; i++)
        time_acc_merge_cell(into, from, i);
    total_add(&into->total, &total->counts, &total->response, &total->service);
    for (unsigned i = 0; i < TIME_CAUSES; i++)
        into->causes[i] += from->causes[i];
    iteration_book_add(&into->iterations, &from->iterations);
    hist_merge(&into->lateness, &from->lateness);
    hist_merge(&into->wait, &from->wait);
    hist_merge(&into->turn, &from->turn);
}

void time_acc_free(struct time_acc *a)
{
    for (size_t i = 0; i < a->n_cells; i++)
        if (a->cells[i]) {
            hist_list_free(&a->cells[i]->response);
            hist_list_free(&a->cells[i]->service);
            mem_free(a->cells[i]);
        }
    mem_free(a->cells);
    hist_free(&a->total.response);
    hist_free(&a->total.service);
    hist_free(&a->lateness);
    hist_free(&a->wait);
    hist_free(&a->turn);
    *a = (struct time_acc){0};
}
