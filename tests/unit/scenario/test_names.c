/* Words by number: each once, in the order of adding, at most so many, from many threads at once.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "scenario/names.h"

enum { THREADS = 4, WORDS = 500, MOST = 600 };

static str word(unsigned i, char room[16])
{
    snprintf(room, 16, "w%u", i);
    return str_from(room);
}

static void a_word_is_kept_once(void **state)
{
    (void)state;
    struct names names;
    names_init(&names, MOST);
    char text[] = "alpha";
    const struct name *a = names_add(&names, str_from(text));
    text[0] = 'X'; /* the name has bytes of its own */
    assert_string_equal(a->text.p, "alpha");
    const struct name *b = names_add(&names, STR("beta\0gamma"));
    assert_ptr_equal(names_add(&names, STR("alpha")), a);
    assert_ptr_not_equal(names_add(&names, STR("Alpha")), a);
    assert_int_equal(a->number, 0);
    assert_int_equal(b->number, 1);
    assert_int_equal(b->text.n, 10);
    assert_int_equal(names_add(&names, STR(""))->number, 3);
    names_free(&names);
}

static void there_is_an_end_to_making_names_up(void **state)
{
    (void)state;
    struct names names;
    char room[16];
    names_init(&names, MOST);
    for (unsigned i = 0; i < MOST; i++)
        assert_int_equal(names_add(&names, word(i, room))->number, i);
    assert_null(names_add(&names, STR("one more")));
    assert_int_equal(names_add(&names, STR("w7"))->number, 7); /* what is there stays */
    names_free(&names);
}

static void *add_all(void *to)
{
    char room[16];
    for (unsigned i = 0; i < WORDS; i++)
        if (names_add(to, word(i, room))->text.n < 2)
            return NULL;
    return to;
}

static void threads_agree_on_names(void **state)
{
    (void)state;
    struct names names;
    pthread_t threads[THREADS];
    bool seen[WORDS] = {false};
    char room[16];
    names_init(&names, MOST);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_all, &names), 0);
    for (int i = 0; i < THREADS; i++) {
        void *done;
        pthread_join(threads[i], &done);
        assert_non_null(done);
    }
    assert_int_equal(names.n, WORDS);
    for (unsigned i = 0; i < WORDS; i++) {
        const struct name *name = names_add(&names, word(i, room));
        assert_true(name->number < WORDS && !seen[name->number]);
        seen[name->number] = true;
    }
    names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_kept_once),
        cmocka_unit_test(there_is_an_end_to_making_names_up),
        cmocka_unit_test(threads_agree_on_names),
    };
    return UNIT_RUN(tests);
}
