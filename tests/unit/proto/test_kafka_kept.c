/* Records that nobody has taken yet, and those who wait for some: who gets which, in which order,
 * and for how long they stay. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "proto/kafka_kept.h"

enum { KEEP_NS = 1000 };

static struct kafka_kept kept;

static int open_it(void **state)
{
    (void)state;
    kafka_kept_open(&kept, KEEP_NS);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    kafka_kept_close(&kept);
    return 0;
}

static str id_of(const char *id)
{
    return str_from(id ? id : "");
}

/* Keeps one with this id ("": none) and value, which came at that time. */
static void add(const char *id, const char *value, uint64_t read_ns)
{
    struct kafka_kept_record *r = kafka_kept_make(id_of(id), STR("head"), str_from(value));
    r->read_ns = read_ns;
    kafka_kept_add(&kept, r);
}

/* NULL: any. */
static struct kafka_kept_waiter waiter(const char *id)
{
    return (struct kafka_kept_waiter){.id = id ? str_from(id) : (str){NULL, 0}};
}

/* What a waiter gets at once must have this value; NULL: it waits. */
static void assert_taken(struct kafka_kept_waiter *w, const char *value)
{
    struct kafka_kept_record *r = kafka_kept_take(&kept, w);
    assert_int_equal(r != NULL, value != NULL);
    if (!r)
        return;
    assert_true(str_eq(r->body, str_from(value)));
    assert_true(str_eq(r->head, STR("head")));
    mem_free(r);
}

static void assert_gets(const char *id, const char *value)
{
    struct kafka_kept_waiter w = waiter(id);
    assert_taken(&w, value);
    if (!value)
        kafka_kept_leave(&kept, &w);
}

static void a_record_goes_to_one(void **state)
{
    (void)state;
    add("a", "1", 1);
    add("b", "2", 2);
    assert_gets("b", "2");
    assert_gets("b", NULL);
    assert_gets("a", "1");
    assert_gets(NULL, NULL);
}

static void records_of_one_id_come_in_order(void **state)
{
    (void)state;
    add("a", "1", 1);
    add("b", "2", 2);
    add("a", "3", 3);
    assert_gets("a", "1");
    assert_gets("a", "3");
    assert_gets("b", "2");
}

static void who_wants_any_gets_the_oldest(void **state)
{
    (void)state;
    add("a", "1", 1);
    add("", "2", 2);
    add("b", "3", 3);
    assert_gets("a", "1");
    assert_gets(NULL, "2");
    assert_gets(NULL, "3");
    assert_gets("b", NULL);
}

static void who_waits_longest_is_first(void **state)
{
    (void)state;
    struct kafka_kept_waiter first = waiter("a"), any = waiter(NULL), second = waiter("a");
    assert_taken(&first, NULL);
    assert_taken(&any, NULL);
    assert_taken(&second, NULL);
    assert_ptr_equal(kafka_kept_wanted(&kept, STR("a")), &first);
    assert_ptr_equal(kafka_kept_wanted(&kept, STR("a")), &first); /* it waits still */
    kafka_kept_leave(&kept, &first);
    assert_ptr_equal(kafka_kept_wanted(&kept, STR("a")), &second);
    assert_ptr_equal(kafka_kept_wanted(&kept, STR("b")), &any);
    assert_ptr_equal(kafka_kept_wanted(&kept, STR("")), &any);
    kafka_kept_leave(&kept, &any);
    assert_null(kafka_kept_wanted(&kept, STR("b")));
    kafka_kept_leave(&kept, &second);
    assert_null(kafka_kept_wanted(&kept, STR("a")));
}

static void leaving_twice_is_harmless(void **state)
{
    (void)state;
    struct kafka_kept_waiter w = waiter("a");
    assert_taken(&w, NULL);
    kafka_kept_leave(&kept, &w);
    kafka_kept_leave(&kept, &w);
    assert_null(kafka_kept_wanted(&kept, STR("a")));
}

static void what_is_too_old_goes(void **state)
{
    (void)state;
    assert_true(kafka_kept_expire(&kept, 5) == UINT64_MAX);
    add("a", "1", 100);
    add("a", "2", 200);
    add("", "3", 300);
    assert_int_equal(kafka_kept_expire(&kept, 100 + KEEP_NS - 1), 100 + KEEP_NS);
    assert_int_equal(kafka_kept_expire(&kept, 100 + KEEP_NS), 200 + KEEP_NS);
    assert_gets("a", "2");
    assert_int_equal(kafka_kept_expire(&kept, 300), 300 + KEEP_NS);
    assert_true(kafka_kept_expire(&kept, 300 + KEEP_NS) == UINT64_MAX);
    assert_gets(NULL, NULL);
}

static void null_empty_and_bytes_are_kept(void **state)
{
    (void)state;
    struct kafka_kept_record *null = kafka_kept_make(STR("n"), STR(""), (str){NULL, 0});
    struct kafka_kept_record *empty = kafka_kept_make(STR("e"), STR("h\0h"), STR(""));
    assert_true(null->null);
    assert_null(null->body.p);
    assert_false(empty->null);
    assert_non_null(empty->body.p);
    assert_int_equal(empty->body.n, 0);
    assert_true(str_eq(empty->head, STR("h\0h")));
    mem_free(null);
    mem_free(empty);
}

/* Ids come and go by the thousand: what is left is what was not taken. */
static void many_ids(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    char id[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "id %d", i);
        add(id, id, (uint64_t)i);
    }
    for (int i = MANY - 1; i >= 0; i -= 2) {
        snprintf(id, sizeof id, "id %d", i);
        assert_gets(id, id);
    }
    for (int i = 0; i < MANY; i += 2) {
        snprintf(id, sizeof id, "id %d", i);
        assert_gets(NULL, id);
    }
    assert_gets(NULL, NULL);
}

#define KEPT_TEST(f) cmocka_unit_test_setup_teardown(f, open_it, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT_TEST(a_record_goes_to_one),          KEPT_TEST(records_of_one_id_come_in_order),
        KEPT_TEST(who_wants_any_gets_the_oldest), KEPT_TEST(who_waits_longest_is_first),
        KEPT_TEST(leaving_twice_is_harmless),     KEPT_TEST(what_is_too_old_goes),
        KEPT_TEST(null_empty_and_bytes_are_kept), KEPT_TEST(many_ids),
    };
    return UNIT_RUN(tests);
}
