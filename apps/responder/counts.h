/* responder/counts.h: what the responder did, exactly: the truth that others are held against. */
#ifndef WEIR_RESPONDER_COUNTS_H
#define WEIR_RESPONDER_COUNTS_H

#include "base/buf.h"
#include "responder/faults.h"

struct counts {
    uint64_t received;
    uint64_t unanswerable; /* nobody said where to */
    uint64_t faults[FAULTS];
    uint64_t replies; /* handed to the producer */
    uint64_t acknowledged, failed;
    uint64_t unsent;            /* delayed beyond the end */
    uint64_t first_ns, last_ns; /* the first request and the last acknowledgement, monotonic */
};

/* One line of JSON. */
void counts_write(const struct counts *c, struct buf *out);

#endif
