/* Labels: whatever tags are called, a scrape stays valid. */
#include "unit.h"

#include <string.h>

#include "web/metrics.h"

static void expect_labels(const struct series *s, const char *const *names, unsigned n)
{
    struct arena arena = {0};
    struct expo_labels l;
    metrics_labels(s, &arena, &l);
    assert_int_equal(l.n, n);
    for (unsigned i = 0; i < n; i++)
        if (!str_eq(l.list[i].name, str_from(names[i])))
            fail_msg("label %u is " STR_FMT ", not %s", i, STR_ARG(l.list[i].name), names[i]);
    arena_free(&arena);
}

static void tags_become_valid_and_unique_labels(void **state)
{
    (void)state;
    const struct tag tags[] = {
        {STR("protocol"), STR("http")}, {STR("a.b"), STR("1")},    {STR("a-b"), STR("2")},
        {STR("series"), STR("3")},      {STR("9lives"), STR("4")}, {STR("le"), STR("5")},
        {STR("__name__"), STR("6")},    {STR(""), STR("7")},       {STR("\xc3\xa9"), STR("8")},
        {STR("a_b"), STR("9")},
    };
    static const char *const names[] = {"series",       "part",       "protocol",   "a_b",
                                        "a_b_2",        "tag_series", "tag_9lives", "tag_le",
                                        "tag___name__", "tag_",       "tag___",     "a_b_3"};
    const struct series s = {.name = STR("x"), .tags = tags, .n_tags = 10, .part = true};
    expect_labels(&s, names, 12);
}

static void many_tags_are_cut(void **state)
{
    (void)state;
    struct tag tags[100];
    struct arena arena = {0};
    struct expo_labels l;
    for (unsigned i = 0; i < 100; i++)
        tags[i] = (struct tag){arena_printf(&arena, "t%u", i), STR("v")};
    metrics_labels(&(struct series){.name = STR("x"), .tags = tags, .n_tags = 100}, &arena, &l);
    assert_int_equal(l.n, EXPO_LABELS - 4);
    arena_free(&arena);
}

static void check_family(void *owner, const struct expo_family *f)
{
    unsigned *n = owner;
    str name = str_from(f->name);
    ++*n;
    assert_int_equal(f->type == EXPO_COUNTER, str_ends(name, STR("_total")));
    if (f->type == EXPO_COUNTER)
        name.n -= 6;
    assert_true(!f->unit || str_ends(name, str_from(f->unit)));
    assert_true(f->help[strlen(f->help) - 1] == '.');
}

static void names_say_type_and_unit(void **state)
{
    (void)state;
    unsigned n = 0;
    metrics_list(check_family, &n);
    assert_true(n > 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_become_valid_and_unique_labels),
        cmocka_unit_test(many_tags_are_cut),
        cmocka_unit_test(names_say_type_and_unit),
    };
    return UNIT_RUN(tests);
}
