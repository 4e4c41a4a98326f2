/* tests/unit/proto/origin.h: an HTTP server on the test's own loop, which answers by a list and
 * remembers who asked what. */
#ifndef WEIR_UNIT_PROTO_ORIGIN_H
#define WEIR_UNIT_PROTO_ORIGIN_H

#include "loop/world.h"

struct answer {
    const char *target; /* NULL: the end of the list; what is not in it gets 200 with "ok" */
    const char *reply;  /* as it is sent; NULL: nothing, until origin_answer */
};

enum { ASKED_MOST = 64 };

struct asked {
    unsigned conn; /* which connection, from 0 in the order of their coming */
    struct buf text;
};

struct origin {
    struct loop *loop;
    struct listener listener;
    struct addr at;
    const struct answer *answers; /* MAY */
    struct list conns;
    unsigned accepted, open;
    bool refuses;
    struct asked asked[ASKED_MOST];
    unsigned n_asked;
};

void origin_open(struct origin *o, struct loop *l);
void origin_close(struct origin *o);
void origin_refuse(struct origin *o); /* connects, from now on */
void origin_answer(struct origin *o, unsigned conn, const char *reply);
void origin_hang_up(struct origin *o, unsigned conn);

/* The value of a header of request number i, which may be there once; p is NULL: it is not. */
str origin_header(const struct origin *o, unsigned i, const char *name);
void origin_was_asked(const struct origin *o, unsigned i, unsigned conn, const char *line);

#endif
