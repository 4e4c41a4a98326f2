/* The id's digits, one way and the other. */
#include "proto/kafka_id.h"

#include <assert.h>

/* Where each number stands. */
enum { RUN_AT = 1, DRIVER_AT = 12, WORKER_AT = 14, SLOT_AT = 16, SEQUENCE_AT = 21 };

static const char digits[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/* Of each byte its digit + 1; 0: it is none. */
static const uint8_t values[256] = {
    ['-'] = 1,  ['0'] = 2,  ['1'] = 3,  ['2'] = 4,  ['3'] = 5,  ['4'] = 6,  ['5'] = 7,  ['6'] = 8,
    ['7'] = 9,  ['8'] = 10, ['9'] = 11, ['A'] = 12, ['B'] = 13, ['C'] = 14, ['D'] = 15, ['E'] = 16,
    ['F'] = 17, ['G'] = 18, ['H'] = 19, ['I'] = 20, ['J'] = 21, ['K'] = 22, ['L'] = 23, ['M'] = 24,
    ['N'] = 25, ['O'] = 26, ['P'] = 27, ['Q'] = 28, ['R'] = 29, ['S'] = 30, ['T'] = 31, ['U'] = 32,
    ['V'] = 33, ['W'] = 34, ['X'] = 35, ['Y'] = 36, ['Z'] = 37, ['_'] = 38, ['a'] = 39, ['b'] = 40,
    ['c'] = 41, ['d'] = 42, ['e'] = 43, ['f'] = 44, ['g'] = 45, ['h'] = 46, ['i'] = 47, ['j'] = 48,
    ['k'] = 49, ['l'] = 50, ['m'] = 51, ['n'] = 52, ['o'] = 53, ['p'] = 54, ['q'] = 55, ['r'] = 56,
    ['s'] = 57, ['t'] = 58, ['u'] = 59, ['v'] = 60, ['w'] = 61, ['x'] = 62, ['y'] = 63, ['z'] = 64,
};

/* In pieces of fixed length: 8 ns to write an id and 13 to read it; as loops, which compilers leave
 * as they are, 10 and 14. */
static inline void put_one(char *at, uint64_t number)
{
    *at = digits[number & 63];
}

static inline void put_two(char *at, uint64_t number)
{
    put_one(at, number >> 6);
    put_one(at + 1, number);
}

static inline void put_four(char *at, uint64_t number)
{
    put_two(at, number >> 12);
    put_two(at + 2, number);
}

void kafka_id_write(const struct kafka_id *id, char *out)
{
    assert(id->driver >> KAFKA_ID_DRIVER_BITS == 0 && id->worker >> KAFKA_ID_WORKER_BITS == 0 &&
           id->slot >> KAFKA_ID_SLOT_BITS == 0 && id->sequence >> KAFKA_ID_SEQUENCE_BITS == 0);
    out[0] = 'w';
    put_one(out + RUN_AT, id->run >> 60);
    put_four(out + RUN_AT + 1, id->run >> 36);
    put_four(out + RUN_AT + 5, id->run >> 12);
    put_two(out + RUN_AT + 9, id->run);
    put_two(out + DRIVER_AT, id->driver);
    put_two(out + WORKER_AT, id->worker);
    put_one(out + SLOT_AT, id->slot >> 24);
    put_four(out + SLOT_AT + 1, id->slot);
    put_one(out + SEQUENCE_AT, id->sequence >> 36);
    put_two(out + SEQUENCE_AT + 1, id->sequence >> 24);
    put_four(out + SEQUENCE_AT + 3, id->sequence);
}

/* *wrong gets bits above the six of a digit where there is none. */
static inline uint64_t one(const char *at, unsigned *wrong)
{
    unsigned digit = values[(unsigned char)*at] - 1u;
    *wrong |= digit;
    return digit;
}

static inline uint64_t two(const char *at, unsigned *wrong)
{
    return one(at, wrong) << 6 | one(at + 1, wrong);
}

static inline uint64_t four(const char *at, unsigned *wrong)
{
    return two(at, wrong) << 12 | two(at + 2, wrong);
}

bool kafka_id_read(str text, struct kafka_id *id)
{
    const char *p = text.p;
    unsigned wrong = 0;
    if (text.n != KAFKA_ID_BYTES || p[0] != 'w')
        return false;
    uint64_t first = one(p + RUN_AT, &wrong);
    id->run = first << 60 | four(p + RUN_AT + 1, &wrong) << 36 |
              four(p + RUN_AT + 5, &wrong) << 12 | two(p + RUN_AT + 9, &wrong);
    id->driver = (uint16_t)two(p + DRIVER_AT, &wrong);
    id->worker = (uint16_t)two(p + WORKER_AT, &wrong);
    id->slot = (uint32_t)(one(p + SLOT_AT, &wrong) << 24 | four(p + SLOT_AT + 1, &wrong));
    id->sequence = one(p + SEQUENCE_AT, &wrong) << 36 | two(p + SEQUENCE_AT + 1, &wrong) << 24 |
                   four(p + SEQUENCE_AT + 3, &wrong);
    /* 66 bits of digits hold the 64 of a run: its first digit is a small one. */
    return wrong <= 63 && first <= 15;
}
