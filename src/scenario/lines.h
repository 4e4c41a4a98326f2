/* scenario/lines.h: lines of a file or of standard input, read ahead by a thread of their own, so
 * that no loop waits for a disk or a pipe. One taker, on one thread; lines are views into blocks of
 * the file, which stay until every line of theirs was released. */
#ifndef WEIR_SCENARIO_LINES_H
#define WEIR_SCENARIO_LINES_H

#include "base/err.h"
#include "base/str.h"
#include "loop/mailbox.h"

struct lines;
struct line_block;

/* Opens path ("-": standard input) and begins to read. `box`: of the taker's loop; `came` is called
 * on its thread when a taker that had to wait can go on. NULL with a sentence: "cannot read …". */
struct lines *lines_open(const char *path, struct mailbox *box, void (*came)(void *owner),
                         void *owner, struct err *e);
/* Every line was released. While the loop is still there. */
void lines_close(struct lines *l);

/* Can it be read? Before there is a loop. */
bool lines_check(const char *path, struct err *e);

struct line {
    str text;                 /* without its end; valid until lines_release */
    struct line_block *block; /* where it is */
    bool last;                /* it is known that no other follows */
};

enum lines_answer {
    LINES_ONE,     /* *line is the next one */
    LINES_NOT_YET, /* `came` says when */
    LINES_NO_MORE, /* the end, or what lines_failure says */
};

enum lines_answer lines_take(struct lines *l, struct line *line);
void lines_release(struct lines *l, struct line *line);

/* Why there are no more: NULL when that is their end. As long as l. */
const char *lines_failure(const struct lines *l);

#endif
