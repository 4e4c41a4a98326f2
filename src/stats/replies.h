/* stats/replies.h: the book of replies (spec/measure.md, "Two books"): every record that arrives
 * where replies do is one of these. One thread at a time. */
#ifndef WEIR_STATS_REPLIES_H
#define WEIR_STATS_REPLIES_H

#include "stats/hist.h"

enum reply_class {
    REPLY_IN_TIME,   /* "matched": its request waited for it */
    REPLY_TOO_LATE,  /* its request had ended without it */
    REPLY_AGAIN,     /* one with the same id came before */
    REPLY_ORPHAN,    /* nobody asked: its id is of no request of this run */
    REPLY_MALFORMED, /* without an id, or one that cannot be read */
    REPLY_CLASSES,
};

/* "matched", "late", "duplicate", "orphan", "malformed": the names in every machine format. Static
 * text. */
const char *reply_class_name(enum reply_class c);

/* Starts as {0}. received = the sum of the classes. */
struct reply_book {
    uint64_t classes[REPLY_CLASSES];
    struct hist late; /* from due on, ns: of those that came too late */
};

uint64_t reply_book_received(const struct reply_book *b);
void reply_book_merge(struct reply_book *into, const struct reply_book *from);
void reply_book_clear(struct reply_book *b); /* empty again, keeps its memory */
void reply_book_free(struct reply_book *b);

#endif
