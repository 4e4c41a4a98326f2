/* Correlation ids: there and back, in order, and what is none of them. */
#include "unit.h"

#include <string.h>

#include "base/rng.h"
#include "proto/kafka_id.h"

static const struct kafka_id largest = {.run = UINT64_MAX,
                                        .driver = 0xfff,
                                        .worker = 0xfff,
                                        .slot = (UINT32_C(1) << 30) - 1,
                                        .sequence = (UINT64_C(1) << 42) - 1};

static void assert_same(const struct kafka_id *a, const struct kafka_id *b)
{
    assert_true(a->run == b->run && a->driver == b->driver && a->worker == b->worker &&
                a->slot == b->slot && a->sequence == b->sequence);
}

static void the_layout_is_as_documented(void **state)
{
    (void)state;
    static const struct kafka_id zero = {0}, one = {1, 5, 4, 2, 3};
    char out[KAFKA_ID_BYTES];
    kafka_id_write(&zero, out);
    assert_memory_equal(out, "w---------------------------", sizeof out);
    kafka_id_write(&one, out);
    assert_memory_equal(out, "w----------0-1-2----3------4", sizeof out);
    kafka_id_write(&largest, out);
    assert_memory_equal(out, "wEzzzzzzzzzzzzzzzzzzzzzzzzzz", sizeof out);
}

static struct kafka_id draw(struct rng *r)
{
    return (struct kafka_id){.run = rng_u64(r),
                             .driver = (uint16_t)rng_below(r, 1 << KAFKA_ID_DRIVER_BITS),
                             .worker = (uint16_t)rng_below(r, 1 << KAFKA_ID_WORKER_BITS),
                             .slot = (uint32_t)rng_below(r, 1 << KAFKA_ID_SLOT_BITS),
                             .sequence = rng_below(r, UINT64_C(1) << KAFKA_ID_SEQUENCE_BITS)};
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct rng r = rng_make(5, 0);
    char out[KAFKA_ID_BYTES];
    struct kafka_id id = largest, back;
    for (int i = 0; i < 10000; i++) {
        kafka_id_write(&id, out);
        assert_true(kafka_id_read((str){out, sizeof out}, &back));
        assert_same(&id, &back);
        id = draw(&r);
    }
}

static void ids_sort_like_their_numbers(void **state)
{
    (void)state;
    struct rng r = rng_make(6, 0);
    char a[KAFKA_ID_BYTES], b[KAFKA_ID_BYTES];
    for (int i = 0; i < 1000; i++) {
        struct kafka_id x = draw(&r), y = x;
        y.sequence = rng_below(&r, UINT64_C(1) << KAFKA_ID_SEQUENCE_BITS);
        kafka_id_write(&x, a);
        kafka_id_write(&y, b);
        assert_int_equal(memcmp(a, b, sizeof a) < 0, x.sequence < y.sequence);
    }
}

/* An id that is read is written the same again: no two texts mean one id. */
static void any_other_text_is_none(void **state)
{
    (void)state;
    char text[KAFKA_ID_BYTES + 1], again[KAFKA_ID_BYTES];
    struct kafka_id id;
    unsigned good = 0;
    kafka_id_write(&largest, text);
    for (size_t at = 0; at < KAFKA_ID_BYTES; at++)
        for (int c = 0; c < 256; c++) {
            char kept = text[at];
            text[at] = (char)c;
            if (kafka_id_read((str){text, KAFKA_ID_BYTES}, &id)) {
                kafka_id_write(&id, again);
                assert_memory_equal(text, again, sizeof again);
                good++;
            }
            text[at] = kept;
        }
    assert_int_equal(good, 1 + 16 + 26 * 64);
}

static void any_other_length_is_none(void **state)
{
    (void)state;
    char text[KAFKA_ID_BYTES + 1];
    struct kafka_id id;
    kafka_id_write(&largest, text);
    text[KAFKA_ID_BYTES] = 'z';
    for (size_t n = 0; n <= sizeof text; n++)
        assert_int_equal(kafka_id_read((str){text, n}, &id), n == KAFKA_ID_BYTES);
    assert_false(kafka_id_read((str){NULL, 0}, &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_as_documented), cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(ids_sort_like_their_numbers), cmocka_unit_test(any_other_text_is_none),
        cmocka_unit_test(any_other_length_is_none),
    };
    return UNIT_RUN(tests);
}
