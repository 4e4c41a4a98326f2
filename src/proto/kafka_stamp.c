/* The stamp's bytes, one way and the other. */
#include "proto/kafka_stamp.h"

#include <string.h>

#include "base/crc32.h"

enum { VERSION = 1, CRC_AT = KAFKA_STAMP_BYTES - 4 };

static void put(char *at, uint64_t n, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(n >> (8 * i));
}

static uint64_t get(const char *at, unsigned bytes)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++)
        n |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return n;
}

static uint32_t checksum(const char *stamp, str key, str rest)
{
    return crc32_add(crc32_add(crc32_add(0, (str){stamp, CRC_AT}), key), rest);
}

void kafka_stamp_write(const struct kafka_stamp *s, str key, str rest, char *out)
{
    memcpy(out, "WS", 2);
    put(out + 2, VERSION, 2);
    put(out + 4, s->driver, 2);
    put(out + 6, s->worker, 2);
    put(out + 8, s->run, 8);
    put(out + 16, s->sequence, 8);
    put(out + 24, s->due_wall_ns, 8);
    put(out + 32, s->sent_wall_ns, 8);
    put(out + CRC_AT, checksum(out, key, rest), 4);
}

enum kafka_stamp_found kafka_stamp_read(str stamp, str key, str rest, struct kafka_stamp *s)
{
    const char *p = stamp.p;
    if (stamp.n < KAFKA_STAMP_BYTES || memcmp(p, "WS", 2) != 0 || get(p + 2, 2) != VERSION)
        return KAFKA_STAMP_ABSENT;
    if (get(p + CRC_AT, 4) != checksum(p, key, rest))
        return KAFKA_STAMP_BROKEN;
    *s = (struct kafka_stamp){.driver = (uint16_t)get(p + 4, 2),
                              .worker = (uint16_t)get(p + 6, 2),
                              .run = get(p + 8, 8),
                              .sequence = get(p + 16, 8),
                              .due_wall_ns = get(p + 24, 8),
                              .sent_wall_ns = get(p + 32, 8)};
    return KAFKA_STAMP_GOOD;
}
