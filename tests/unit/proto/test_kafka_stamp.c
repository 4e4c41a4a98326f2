/* Stamps: there and back, and what a change anywhere makes of them. */
#include "unit.h"

#include <string.h>

#include "proto/kafka_stamp.h"

static const struct kafka_stamp sample = {.driver = 0x0102,
                                          .worker = 0xfffe,
                                          .run = UINT64_C(0x1122334455667788),
                                          .sequence = UINT64_MAX,
                                          .due_wall_ns = 1,
                                          .sent_wall_ns = UINT64_C(1769860800123456789)};

static void the_layout_is_as_documented(void **state)
{
    (void)state;
    static const unsigned char head[] = {'W', 'S', 1, 0, 2, 1, 0xfe, 0xff, 0x88, 0x77, 0x66};
    char bytes[KAFKA_STAMP_BYTES];
    kafka_stamp_write(&sample, STR("key"), STR("rest"), bytes);
    assert_memory_equal(bytes, head, sizeof head);
    assert_int_equal(bytes[24], 1);
    /* zlib.crc32(stamp[:40] + b"keyrest") of Python */
    static const unsigned char crc[] = {0xc3, 0x11, 0x52, 0xd7};
    assert_memory_equal(bytes + 40, crc, 4);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char bytes[KAFKA_STAMP_BYTES + 4];
    struct kafka_stamp s = {0};
    kafka_stamp_write(&sample, STR("key"), STR("rest"), bytes);
    memcpy(bytes + KAFKA_STAMP_BYTES, "rest", 4);
    assert_int_equal(kafka_stamp_read((str){bytes, sizeof bytes}, STR("key"), STR("rest"), &s),
                     KAFKA_STAMP_GOOD);
    assert_memory_equal(&s, &sample, sizeof s);
    kafka_stamp_write(&sample, (str){NULL, 0}, (str){NULL, 0}, bytes);
    assert_int_equal(kafka_stamp_read((str){bytes, KAFKA_STAMP_BYTES}, STR(""), (str){NULL, 0}, &s),
                     KAFKA_STAMP_GOOD);
}

static void every_changed_byte_is_noticed(void **state)
{
    (void)state;
    char bytes[KAFKA_STAMP_BYTES];
    struct kafka_stamp s;
    kafka_stamp_write(&sample, STR("key"), STR("rest"), bytes);
    str stamp = {bytes, sizeof bytes};
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        assert_int_equal(kafka_stamp_read(stamp, STR("key"), STR("rest"), &s),
                         i < 4 ? KAFKA_STAMP_ABSENT : KAFKA_STAMP_BROKEN);
        bytes[i] ^= 1;
    }
    assert_int_equal(kafka_stamp_read(stamp, STR("kez"), STR("rest"), &s), KAFKA_STAMP_BROKEN);
    assert_int_equal(kafka_stamp_read(stamp, STR("key"), STR("res"), &s), KAFKA_STAMP_BROKEN);
    assert_int_equal(kafka_stamp_read(stamp, STR("key"), STR("rest"), &s), KAFKA_STAMP_GOOD);
}

static void what_is_no_stamp_is_absent(void **state)
{
    (void)state;
    char bytes[KAFKA_STAMP_BYTES];
    struct kafka_stamp s;
    kafka_stamp_write(&sample, STR(""), STR(""), bytes);
    for (size_t n = 0; n < sizeof bytes; n++)
        assert_int_equal(kafka_stamp_read((str){bytes, n}, STR(""), STR(""), &s),
                         KAFKA_STAMP_ABSENT);
    assert_int_equal(kafka_stamp_read((str){NULL, 0}, STR(""), STR(""), &s), KAFKA_STAMP_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_as_documented),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(what_is_no_stamp_is_absent),
    };
    return UNIT_RUN(tests);
}
