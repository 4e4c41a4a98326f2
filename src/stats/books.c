/* The equations of a closed book. */
#include "stats/books.h"

#include "base/mem.h"

void iteration_book_add(struct iteration_book *into, const struct iteration_book *from)
{
    into->planned += from->planned;
    into->started += from->started;
    into->in_plan += from->in_plan;
    into->skipped += from->skipped;
    into->completed += from->completed;
    into->script_error += from->script_error;
    into->interrupted += from->interrupted;
    into->unaccounted += from->unaccounted;
    if (from->last_done_ns > into->last_done_ns)
        into->last_done_ns = from->last_done_ns;
}

struct iteration_book *iteration_books_make(struct iteration_books *b, unsigned i)
{
    b->list = mem_grow(b->list, (i + 1) * sizeof *b->list);
    for (; b->n <= i; b->n++)
        b->list[b->n] = (struct iteration_book){0};
    return &b->list[i];
}

void iteration_books_merge(struct iteration_books *into, const struct iteration_books *from)
{
    for (unsigned i = 0; i < from->n; i++)
        iteration_book_add(iteration_books_at(into, i), &from->list[i]);
}

struct iteration_book iteration_books_total(const struct iteration_books *b)
{
    struct iteration_book total = {0};
    for (unsigned i = 0; i < b->n; i++)
        iteration_book_add(&total, &b->list[i]);
    return total;
}

void iteration_books_clear(struct iteration_books *b)
{
    for (unsigned i = 0; i < b->n; i++)
        b->list[i] = (struct iteration_book){0};
}

void iteration_books_free(struct iteration_books *b)
{
    mem_free(b->list);
    *b = (struct iteration_books){0};
}

bool iteration_book_balanced(const struct iteration_book *b)
{
    return b->planned == b->started + b->skipped + b->unaccounted &&
           b->started == b->completed + b->script_error + b->interrupted;
}

bool call_book_balanced(const struct series_data *d)
{
    return d->started == series_data_ended(d);
}

bool record_book_balanced(const struct series_data *d)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < RECORD_CLASSES; i++)
        sum += d->read.classes[i];
    return !d->read.audited || d->started == sum;
}
