/* Held bytes keep the time of their arrival however they are taken out again. */
#include "unit.h"

#include "target/inbox.h"

static void each_byte_keeps_its_time(void **state)
{
    (void)state;
    struct inbox in = {0};
    inbox_add(&in, STR("abc"), 100);
    inbox_add(&in, STR(""), 150);
    inbox_add(&in, STR("de"), 200);
    inbox_add(&in, STR("f"), 200);
    assert_int_equal(in.n_marks, 2);
    const uint64_t want[] = {100, 100, 100, 200, 200, 200};
    for (size_t gone = 0; gone < 6; gone++) {
        assert_int_equal(in.bytes.n, 6 - gone);
        for (size_t i = gone; i < 6; i++) {
            assert_int_equal(in.bytes.p[i - gone], 'a' + (int)i);
            assert_true(inbox_stamp(&in, i - gone) == want[i]);
        }
        inbox_drop(&in, 1);
    }
    assert_null(in.bytes.p);
    assert_null(in.marks);
}

static void many_bytes_go_at_once(void **state)
{
    (void)state;
    struct inbox in = {0};
    for (uint64_t i = 0; i < 1000; i++)
        inbox_add(&in, STR("0123456789"), i + 1);
    inbox_drop(&in, 0);
    inbox_drop(&in, 5005);
    assert_int_equal(in.bytes.n, 4995);
    assert_int_equal(in.bytes.p[0], '5');
    assert_true(inbox_stamp(&in, 0) == 501);
    assert_true(inbox_stamp(&in, 4) == 501);
    assert_true(inbox_stamp(&in, 5) == 502);
    assert_true(inbox_stamp(&in, 4994) == 1000);
    inbox_drop(&in, 5);
    assert_true(inbox_stamp(&in, 0) == 502);
    inbox_free(&in);
    assert_int_equal(in.bytes.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_keeps_its_time),
        cmocka_unit_test(many_bytes_go_at_once),
    };
    return UNIT_RUN(tests);
}
