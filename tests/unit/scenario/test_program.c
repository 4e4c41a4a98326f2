/* What a file defines: keys, files beside it, calls in their contexts, series by number; all of it
 * also by many threads at once. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario/program.h"

static struct program p;

static int open_program(void **state)
{
    (void)state;
    program_init(&p);
    return 0;
}

static int free_program(void **state)
{
    (void)state;
    program_free(&p);
    return 0;
}

static void weirs_own_names_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(names_add(&p.names, STR("uuid"))->number, OWN_UUID);
    assert_int_equal(names_add(&p.names, STR("correlation_id"))->number, OWN_CORRELATION_ID);
    assert_int_equal(names_add(&p.names, STR("now"))->number, OWN_NOW);
    assert_int_equal(names_add(&p.names, STR("now_ms"))->number, OWN_NOW_MS);
    assert_int_equal(names_add(&p.names, STR("seq"))->number, OWN_SEQ);
    assert_int_equal(names_add(&p.names, STR("content-length"))->number, OWN_CONTENT_LENGTH);
}

/* ---- files ---- */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void files_are_beside_the_scenario(void **state)
{
    (void)state;
    char folder[] = "/tmp/weir-program-XXXXXX", path[100], want[100];
    str text;
    struct err e;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s.lua", folder);
    write_file(path, "return 1");
    assert_true(program_read(&p, path, &e));
    assert_true(str_eq(p.text, STR("return 1")));
    snprintf(want, sizeof want, "%s/lib/x.lua", folder);
    assert_string_equal(program_path(&p, STR("lib/x.lua")), want);
    assert_string_equal(program_path(&p, STR("/etc/x")), "/etc/x");
    assert_false(program_file(&p, STR("data"), &text, &e));
    assert_int_equal(e.kind, ERR_RUN);
    snprintf(want, sizeof want, "%s/data", folder);
    write_file(want, "one");
    assert_true(program_file(&p, STR("data"), &text, &e));
    write_file(want, "two"); /* it was read: all states see the same */
    str again;
    assert_true(program_file(&p, STR("data"), &again, &e));
    assert_ptr_equal(text.p, again.p);
    assert_true(str_eq(again, STR("one")));
    unlink(want);
    unlink(path);
    rmdir(folder);
}

static void without_a_folder_files_are_in_the_current_one(void **state)
{
    (void)state;
    struct err e;
    assert_false(program_read(&p, "no-such-file.lua", &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(program_path(&p, STR("x.csv")), "x.csv");
}

static void what_comes_through_a_pipe_has_the_current_folder(void **state)
{
    (void)state;
    static const char *const folders[] = {"/dev/fd", "/proc/self/fd"};
    struct err e;
    for (unsigned i = 0; i < 2; i++) {
        char path[50];
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], "return", 6), 6);
        close(ends[1]);
        snprintf(path, sizeof path, "%s/%d", folders[i], ends[0]);
        assert_true(program_read(&p, path, &e));
        assert_true(str_eq(p.text, STR("return")));
        assert_string_equal(program_path(&p, STR("x.csv")), "x.csv");
        close(ends[0]);
    }
}

/* ---- calls and series ---- */

static struct client_definition client = {.number = 3, .instances = 1, .timeout_ns = 7};
static const struct tag http_tag = {{"protocol", 8}, {"http", 4}};

static const struct call_kind plain_kind = {.replies = REPLY_HTTP};
static const struct call_kind acknowledged_kind = {.replies = REPLY_RECORD, .acknowledged = true};

static struct call_definition call(const char *name)
{
    return (struct call_definition){.kind = &plain_kind,
                                    .client = &client,
                                    .name = str_from(name),
                                    .tags = &http_tag,
                                    .n_tags = 1};
}

static void set_contexts(struct context *list, unsigned n)
{
    p.contexts = calloc(n, sizeof *list);
    memcpy(p.contexts, list, n * sizeof *list);
    p.n_contexts = n;
}

static void a_call_is_made_once_in_each_context(void **state)
{
    (void)state;
    static const struct tag behaviour = {{"behaviour", 9}, {"buy", 3}};
    struct context contexts[] = {{NULL, 0}, {&behaviour, 1}};
    set_contexts(contexts, 2);
    struct call_definition c = call("ping");
    c.detached = true;
    const struct prepared_call *plain = program_prepare(&p, &c, 0);
    const struct prepared_call *tagged = program_prepare(&p, &c, 1);
    assert_ptr_equal(program_prepare(&p, &c, 0), plain);
    assert_ptr_equal(program_prepare(&p, &c, 1), tagged);
    assert_int_equal(plain->client, 3);
    assert_int_equal(plain->timeout_ns, 7);
    assert_true(plain->detached);
    assert_int_equal(plain->series_number, 0);
    assert_int_equal(tagged->series_number, 1);
    assert_int_equal(plain->series->n_tags, 1);
    assert_int_equal(tagged->series->n_tags, 2);
    assert_true(str_eq(tagged->series->tags[0].name, STR("protocol")));
    assert_true(str_eq(tagged->series->tags[1].value, STR("buy")));
    assert_false(series_same(plain->series, tagged->series));
}

static void requests_that_are_acknowledged_have_a_part_for_it(void **state)
{
    (void)state;
    client.instances = 2;
    set_contexts(&(struct context){NULL, 0}, 1);
    struct call_definition c = call("ask"), other = call("ping");
    c.kind = &acknowledged_kind;
    const struct prepared_call *first = program_prepare(&p, &c, 0);
    const struct prepared_call *second = program_prepare(&p, &c, 1);
    const struct prepared_call *without = program_prepare(&p, &other, 0);
    client.instances = 1;
    assert_true(first->series->replies);
    assert_false(first->series->part);
    assert_true(str_eq(first->part->series->name, STR("ask send")));
    assert_true(first->part->series->part);
    assert_false(first->part->series->replies);
    assert_ptr_equal(first->part->series->tags, first->series->tags);
    assert_int_equal(first->series_number, 0);
    assert_int_equal(first->part->number, 1);
    assert_ptr_equal(second->part, first->part);
    assert_null(without->part);
    assert_false(without->series->replies);
    assert_int_equal(without->series_number, 2);
}

static void the_calls_own_timeout_is_the_stronger(void **state)
{
    (void)state;
    set_contexts(&(struct context){NULL, 0}, 1);
    struct call_definition c = call("slow");
    c.timeout_ns = 9;
    assert_int_equal(program_prepare(&p, &c, 0)->timeout_ns, 9);
}

static void series_are_known_by_name_kind_and_part(void **state)
{
    (void)state;
    struct numbered_series a, b;
    char name[] = "size";
    assert_true(program_series(&p, str_from(name), SERIES_VALUES, false, &a));
    name[0] = '?';
    assert_true(str_eq(a.series->name, STR("size")));
    assert_true(program_series(&p, STR("size"), SERIES_VALUES, false, &b));
    assert_ptr_equal(a.series, b.series);
    assert_int_equal(a.number, b.number);
    assert_true(program_series(&p, STR("size"), SERIES_COUNTER, false, &b));
    assert_int_not_equal(a.number, b.number);
    assert_true(program_series(&p, STR("size"), SERIES_CALLS, true, &b));
    assert_true(b.series->part);
    assert_true(program_series(&p, STR("size"), SERIES_CALLS, false, &a));
    assert_int_not_equal(a.number, b.number);
}

static void names_of_series_have_an_end(void **state)
{
    (void)state;
    struct numbered_series s;
    char name[16];
    for (unsigned i = 0; i < PROGRAM_SERIES_MOST; i++) {
        snprintf(name, sizeof name, "m%u", i);
        assert_true(program_series(&p, str_from(name), SERIES_COUNTER, false, &s));
    }
    assert_false(program_series(&p, STR("one more"), SERIES_COUNTER, false, &s));
    assert_true(program_series(&p, STR("m7"), SERIES_COUNTER, false, &s));
}

static void reasons_have_an_end_and_a_word_for_the_others(void **state)
{
    (void)state;
    char text[16];
    const char *first = program_reason(&p, STR("r0"));
    for (unsigned i = 0; i < PROGRAM_REASONS_MOST; i++) {
        snprintf(text, sizeof text, "r%u", i);
        assert_string_equal(program_reason(&p, str_from(text)), text);
    }
    assert_ptr_equal(program_reason(&p, STR("r0")), first);
    assert_string_equal(program_reason(&p, STR("one more")),
                        "other reasons: the scripts give more than 1000");
    assert_string_equal(program_reason(&p, STR("")), "no reason was given");
}

enum { THREADS = 4, CALLS = 200 };

static struct call_definition calls[CALLS];

static void *use_all(void *none)
{
    struct numbered_series s;
    char name[16];
    (void)none;
    for (unsigned i = 0; i < CALLS; i++) {
        program_prepare(&p, &calls[i], i % 2);
        snprintf(name, sizeof name, "m%u", i % 50);
        program_series(&p, str_from(name), SERIES_COUNTER, false, &s);
    }
    return NULL;
}

static void numbers_are_given_once_however_many_ask(void **state)
{
    (void)state;
    struct context contexts[] = {{NULL, 0}, {NULL, 0}};
    pthread_t threads[THREADS];
    bool seen[CALLS + 50] = {false};
    set_contexts(contexts, 2);
    for (unsigned i = 0; i < CALLS; i++)
        calls[i] = call("x");
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_all, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(p.n_series, CALLS + 50);
    for (unsigned i = 0; i < CALLS; i++) {
        unsigned number = calls[i].in[i % 2]->series_number;
        assert_true(number < CALLS + 50 && !seen[number]);
        seen[number] = true;
    }
}

int main(void)
{
#define PROGRAM_TEST(f) cmocka_unit_test_setup_teardown(f, open_program, free_program)
    const struct CMUnitTest tests[] = {
        PROGRAM_TEST(weirs_own_names_have_their_numbers),
        PROGRAM_TEST(files_are_beside_the_scenario),
        PROGRAM_TEST(without_a_folder_files_are_in_the_current_one),
        PROGRAM_TEST(what_comes_through_a_pipe_has_the_current_folder),
        PROGRAM_TEST(a_call_is_made_once_in_each_context),
        PROGRAM_TEST(requests_that_are_acknowledged_have_a_part_for_it),
        PROGRAM_TEST(the_calls_own_timeout_is_the_stronger),
        PROGRAM_TEST(series_are_known_by_name_kind_and_part),
        PROGRAM_TEST(names_of_series_have_an_end),
        PROGRAM_TEST(reasons_have_an_end_and_a_word_for_the_others),
        PROGRAM_TEST(numbers_are_given_once_however_many_ask),
    };
    return UNIT_RUN(tests);
}
