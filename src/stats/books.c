/* The equations of a closed book. */
#include "stats/books.h"

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
