/* proto/kafka_id.h: weir's own correlation id: whoever reads it knows whose request it answers,
 * without looking anything up. Pure.
 *
 * 28 characters, each number with its highest digit first, 6 bits a digit:
 *
 *      0   1  "w"
 *      1  11  run       64 bit
 *     12   2  driver    12 bit
 *     14   2  worker    12 bit, of that driver
 *     16   5  slot      30 bit  store/requests.h
 *     21   7  sequence  42 bit
 *
 * The digits are - 0-9 A-Z _ a-z, in the order of ASCII: ids of one worker and slot sort as they
 * were made, and stand unescaped in JSON, URLs, headers and regular expressions. A number has one
 * way to be written, so ids are the same when their bytes are. */
#ifndef WEIR_PROTO_KAFKA_ID_H
#define WEIR_PROTO_KAFKA_ID_H

#include "base/str.h"

enum {
    KAFKA_ID_BYTES = 28,
    KAFKA_ID_DRIVER_BITS = 12,
    KAFKA_ID_WORKER_BITS = 12,
    KAFKA_ID_SLOT_BITS = 30,
    KAFKA_ID_SEQUENCE_BITS = 42,
};

struct kafka_id {
    uint64_t run;
    uint64_t sequence;
    uint32_t slot;
    uint16_t driver, worker;
};

/* Writes KAFKA_ID_BYTES, no zero behind them. Each number fits into its bits. */
void kafka_id_write(const struct kafka_id *id, char *out);

/* False: this is none of weir's ids; *id then means nothing. */
bool kafka_id_read(str text, struct kafka_id *id);

#endif
