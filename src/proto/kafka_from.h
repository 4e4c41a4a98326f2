/* proto/kafka_from.h: where in a partition reading begins, as users say it: beginning, end, an
 * offset, a time. Pure. */
#ifndef WEIR_PROTO_KAFKA_FROM_H
#define WEIR_PROTO_KAFKA_FROM_H

#include "base/err.h"
#include "base/str.h"

enum kafka_from_kind { KAFKA_FROM_END, KAFKA_FROM_BEGINNING, KAFKA_FROM_OFFSET, KAFKA_FROM_TIME };

struct kafka_from {
    enum kafka_from_kind kind;
    int64_t value; /* the offset, or ms since 1970 */
};

/* "beginning", "end", "1234", "2026-01-31T12:00:00Z" (RFC 3339), "-10m" (so long ago). False with a
 * sentence. `now_ms`: since 1970. */
bool kafka_from_read(str text, int64_t now_ms, struct kafka_from *out, struct err *e);

#endif
