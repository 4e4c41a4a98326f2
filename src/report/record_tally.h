/* report/record_tally.h: counts by a name in a run record: a column of JSON, where each kind and
 * name is the number of a word, which is written once, for they come again in each second. One
 * thread, that of the file. */
#ifndef WEIR_REPORT_RECORD_TALLY_H
#define WEIR_REPORT_RECORD_TALLY_H

#include "base/buf.h"
#include "report/record_db.h"
#include "stats/tally.h"

struct record_tally {
    const char *kind;
    const struct tally *tally;
};

/* Appends the column's text, nothing when all are empty. New words are written. */
void record_tallies_text(struct record_db *db, const struct record_tally *list, unsigned n,
                         struct buf *out);

/* Adds those of a series in a span to the tallies that `find` gives for their kinds (NULL: there is
 * none of that kind, which is a failure of db). Their texts live as long as the arena. */
void record_tallies_read(struct record_db *db, uint64_t span, uint64_t series, struct arena *arena,
                         struct tally *(*find)(void *owner, str kind), void *owner);

#endif
