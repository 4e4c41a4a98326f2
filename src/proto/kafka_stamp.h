/* proto/kafka_stamp.h: a stamp in a record: by it a consumer in any process knows whose record it
 * is, whether some are missing, came twice or were changed, and how long it took. Pure.
 *
 * 44 bytes, integers little-endian; the first bytes of the value, or the value of a header:
 *
 *      0  2  "WS"
 *      2  1  1, the version of this layout
 *      3  1  0
 *      4  2  driver that made it
 *      6  2  worker of that driver; with the bit KAFKA_STAMP_ABORTED: its records in transactions
 *            that it aborts on purpose, which have a sequence of their own
 *      8  8  run
 *     16  8  sequence: 0, 1, 2 … of the stamped records that this worker handed to its producer
 *     24  8  due, ns since 1970 (CLOCK_REALTIME of the driver)
 *     32  8  sent, likewise
 *     40  4  CRC-32 (IEEE 802.3, as zlib's) of the 40 bytes before, the key, the rest of the value
 */
#ifndef WEIR_PROTO_KAFKA_STAMP_H
#define WEIR_PROTO_KAFKA_STAMP_H

#include "base/str.h"

enum { KAFKA_STAMP_BYTES = 44, KAFKA_STAMP_ABORTED = 0x8000 };

#define KAFKA_STAMP_HEADER STR("weir-stamp")

/* Where it is in a record. */
enum kafka_stamp_place { KAFKA_STAMP_NOWHERE, KAFKA_STAMP_IN_VALUE, KAFKA_STAMP_IN_HEADER };

struct kafka_stamp {
    uint16_t driver, worker;
    uint64_t run, sequence;
    uint64_t due_wall_ns, sent_wall_ns;
};

/* Writes KAFKA_STAMP_BYTES. `rest`: of the value, without the stamp. */
void kafka_stamp_write(const struct kafka_stamp *s, str key, str rest, char *out);

enum kafka_stamp_found {
    KAFKA_STAMP_ABSENT, /* no stamp of this layout */
    KAFKA_STAMP_BROKEN, /* it, the key or the value were changed */
    KAFKA_STAMP_GOOD,
};

/* `stamp`: the bytes where one may be, perhaps more. */
enum kafka_stamp_found kafka_stamp_read(str stamp, str key, str rest, struct kafka_stamp *s);

#endif
