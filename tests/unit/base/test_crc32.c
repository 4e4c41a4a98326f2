/* CRC-32, held against zlib's. */
#include "unit.h"

#include <zlib.h>

#include "base/crc32.h"
#include "base/rng.h"

static void known_ones(void **state)
{
    (void)state;
    assert_int_equal(crc32_add(0, STR("")), 0);
    assert_int_equal(crc32_add(0, (str){NULL, 0}), 0);
    assert_int_equal(crc32_add(0, STR("123456789")), 0xcbf43926); /* the catalogues' check value */
}

static void it_is_zlibs_for_all_lengths_in_any_pieces(void **state)
{
    (void)state;
    char bytes[300];
    struct rng r = rng_make(1, 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)rng_below(&r, 256);
    for (size_t from = 0; from < 9; from++)
        for (size_t n = 0; from + n <= sizeof bytes; n++) {
            size_t piece = (size_t)rng_below(&r, n + 1);
            uint32_t crc = crc32_add(0, (str){bytes + from, piece});
            crc = crc32_add(crc, (str){bytes + from + piece, n - piece});
            assert_int_equal(crc, crc32_z(0, (const Bytef *)bytes + from, n));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_ones),
        cmocka_unit_test(it_is_zlibs_for_all_lengths_in_any_pieces),
    };
    return UNIT_RUN(tests);
}
