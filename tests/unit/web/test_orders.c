/* Orders as strangers write them. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "web/inside.h"

static struct errand *good(const char *path, const char *body)
{
    struct errand *e = errand_make(NULL, NULL);
    struct err why = {0};
    if (!order_read(str_from(path), str_from(body), e, &why))
        fail_msg("%s %s: %s", path, body, why.text);
    return e;
}

static void bad(const char *path, const char *body)
{
    struct errand *e = errand_make(NULL, NULL);
    struct err why = {0};
    if (order_read(str_from(path), str_from(body), e, &why))
        fail_msg("%s takes %s", path, body);
    assert_int_equal(why.kind, ERR_USAGE);
    errand_free(e);
}

static void changes_are_read(void **state)
{
    (void)state;
    struct errand *e = good("/api/load", "{\"rate\": \"1.5k\"}");
    assert_true(e->order.level == 1500 && e->wants == LOAD_OPEN && !e->load.p);
    errand_free(e);
    e = good("/api/load", "{\"rate\": 0.25, \"load\": 1}");
    assert_true(e->order.level == 0.25 && str_eq(e->load, STR("1")));
    errand_free(e);
    e = good("/api/load", "{\"users\": 7, \"load\": \"a b\"}");
    assert_true(e->order.level == 7 && e->wants == LOAD_CLOSED && str_eq(e->load, STR("a b")));
    errand_free(e);
    e = good("/api/load", "{\"stages\": \"1k for 2m, pause 1s\"}");
    assert_int_equal(e->order.stages.n, 2);
    assert_int_equal(e->order.kind, ORDER_CHANGE);
    errand_free(e);
}

static void others_are_read(void **state)
{
    (void)state;
    struct errand *e = good("/api/stop", "");
    assert_int_equal(e->order.kind, ORDER_STOP);
    errand_free(e);
    e = good("/api/mark", "{\"text\": \"  caf\\u00e9 <b> \"}");
    assert_true(str_eq(e->order.text, STR("caf\xc3\xa9 <b>")));
    errand_free(e);
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "{}",
        "",
        "null",
        "5",
        "{\"rate\": 1, \"users\": 2}",
        "{\"rate\": true}",
        "{\"rate\": \"0\"}",
        "{\"rate\": -1}",
        "{\"rate\": []}",
        "{\"users\": 0}",
        "{\"users\": -1}",
        "{\"users\": 1.0}",
        "{\"users\": \"x\"}",
        "{\"stages\": 5}",
        "{\"stages\": \"\"}",
        "{\"rate\": 1, \"load\": null}",
        "{\"rate\": 1, \"load\": {}}",
        "{\"Rate\": 1}",
        "{\"rate\": 1} x",
        "{\"rate\": 1e999}",
        "{\"rate\": 1, \"rate\": 2}",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        bad("/api/load", changes[i]);
    bad("/api/mark", "{}");
    bad("/api/mark", "{\"text\": 5}");
    bad("/api/mark", "{\"text\": \"   \"}");
    bad("/api/mark", "{\"text\": \"a\\u0000b\"}");
    bad("/api/mark", "{\"text\": \"a\\u001bb\"}");
    bad("/api/pause", "{\"text\": \"x\"}");
    bad("/api/start", "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_read),
        cmocka_unit_test(others_are_read),
        cmocka_unit_test(everything_else_is_refused),
    };
    return UNIT_RUN(tests);
}
