/* report/text_blocks.h: the blocks that the summary for people is made of, each one or more whole
 * lines. Private to report/text*.c. */
#ifndef WEIR_REPORT_TEXT_BLOCKS_H
#define WEIR_REPORT_TEXT_BLOCKS_H

#include "engine/summary.h"
#include "report/page.h"

/* text.c: the line that says the model of a load. */
void text_load(struct page *p, const struct load *load, const struct run_info *info);

/* text_times.c: two kinds of times side by side, and a drawing of the former. */
struct text_times_words {
    const char *response, *service; /* what they are called */
    const char *drawing;            /* what is drawn */
    const char *meaning;            /* of both, half a line */
    const char *nothing;            /* why there are none, when some were counted */
};
extern const struct text_times_words text_times_of_calls;
void text_times(struct page *p, const struct series_data *total, const struct text_times_words *w);

/* text_calls.c: what became of the calls, in words; bytes; a table when there are several series.
 */
void text_calls(struct page *p, const struct summary *s);
void text_traffic(struct page *p, const struct summary *s);
void text_series(struct page *p, const struct summary *s);
/* A column with its name and what tells it from others of that name. */
void text_series_name(struct page *p, const struct series *s, unsigned width);
/* Why something did not go well, the most frequent first, a line each. */
void text_reasons(struct page *p, const struct tally *reasons);

/* text_scripts.c: why iterations ended by an error, checks, metrics; nothing where there are none.
 */
void text_script_errors(struct page *p, const struct summary *s);
void text_checks(struct page *p, const struct summary *s);
void text_metrics(struct page *p, const struct summary *s);

/* text_client.c: a line of what Kafka clients measured; nothing where they did not. */
void text_client(struct page *p, const struct summary *s);

/* text_records.c: all of a run that reads records, but for the verdict: rate, times, audit, book.
 */
void text_records(struct page *p, const struct summary *s);

/* text_book.c: an equation, and the line about the generator. */
struct text_addend {
    uint64_t n;
    const char *what; /* NULL behind the last */
    bool optional;    /* left out when 0 */
};
/* Adds it up itself: the mark says whether the numbers that are shown are equal. */
void text_equation(struct page *p, str before, uint64_t sum, const char *what,
                   const struct text_addend *addends);
/* CPU for each of n things: "a call". */
void text_generator(struct page *p, const struct summary *s, uint64_t n, const char *each);

/* text_verdict.c: both books as equations, those of several scenarios too, thresholds, notes, the
 * verdict. */
void text_books(struct page *p, const struct summary *s);
void text_verdict(struct page *p, const struct summary *s);

#endif
