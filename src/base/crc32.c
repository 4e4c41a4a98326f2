/* Slicing by eight (Kounavis, Berry: "Novel Table Lookup-Based Algorithms for High-Performance CRC
 * Generation", 2008): eight bytes a step, a table for each. */
#include "base/crc32.h"

#include <pthread.h>

enum { SLICES = 8 };

static uint32_t tables[SLICES][256];

static void make_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
        tables[0][i] = crc;
    }
    for (int t = 1; t < SLICES; t++)
        for (int i = 0; i < 256; i++)
            tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 255];
}

/* Four bytes, the first the lowest. */
static uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t crc32_add(uint32_t crc, str bytes)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t n = bytes.n;
    pthread_once(&once, make_tables);
    crc = ~crc;
    for (; n >= SLICES; n -= SLICES, p += SLICES) {
        uint32_t low = word(p) ^ crc, high = word(p + 4);
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^
              tables[4][low >> 24] ^ tables[3][high & 255] ^ tables[2][high >> 8 & 255] ^
              tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
    }
    for (; n > 0; n--)
        crc = crc >> 8 ^ tables[0][(crc ^ *p++) & 255];
    return ~crc;
}
