/* stats/books.h: the two books and the equations they must satisfy (spec/measure.md, "Two books").
 * Pure. */
#ifndef WEIR_STATS_BOOKS_H
#define WEIR_STATS_BOOKS_H

#include "stats/series.h"

struct iteration_book {
    uint64_t planned;      /* arrivals due within the plan; closed model: those that started */
    uint64_t started;      /* taken off the schedule */
    uint64_t in_plan;      /* of them before the end of the plan */
    uint64_t skipped;      /* not started: over the user's own limit, or never taken */
    uint64_t completed;    /* ended by themselves */
    uint64_t script_error; /* ended by an error of the script */
    uint64_t interrupted;  /* ended by the end of the run */
    uint64_t unaccounted;  /* fleet: a killed driver's last second */
    uint64_t last_done_ns; /* of its calls, ns from the start of the plan; 0: none has ended */
};

void iteration_book_add(struct iteration_book *into, const struct iteration_book *from);

/* The books of a plan's loads, by their number; those that were never used are not there. Starts
 * as {0}. */
struct iteration_books {
    struct iteration_book *list;
    unsigned n;
};

struct iteration_book *iteration_books_make(struct iteration_books *b, unsigned i);

/* Made when first asked for; valid until the next is made. */
static inline struct iteration_book *iteration_books_at(struct iteration_books *b, unsigned i)
{
    return i < b->n ? &b->list[i] : iteration_books_make(b, i);
}

void iteration_books_merge(struct iteration_books *into, const struct iteration_books *from);
struct iteration_book iteration_books_total(const struct iteration_books *b);
void iteration_books_clear(struct iteration_books *b); /* empty books, keeps their memory */
void iteration_books_free(struct iteration_books *b);

/* planned = started + skipped + unaccounted, started = completed + script_error + interrupted. */
bool iteration_book_balanced(const struct iteration_book *b);

/* started = ok + failed_check + error + timeout + abandoned, for a closed book. */
bool call_book_balanced(const struct series_data *d);

/* received = first + duplicate + corrupt + foreign, where records are audited. */
bool record_book_balanced(const struct series_data *d);

#endif
