/* JSON by pointer: the first line of an input is the pointer, the rest the text. What jansson takes
 * is taken, and says the same, as a whole and at the pointer; what it refuses is refused, but for
 * what only it minds. Each text has memory of its own exact size, so that a read beyond it is seen.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json_pointer.h"
#include "codec/json_read.h"
#include "codec/json_same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Jansson minds more than the grammar: UTF-8, halves of surrogate pairs, numbers that are too large
 * for it, zeros in keys, equal keys; a byte order mark. */
static bool may_refuse(const json_error_t *error, str text)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
    case json_error_numeric_overflow:
    case json_error_null_byte_in_key:
    case json_error_duplicate_key:
        return true;
    default:
        return str_contains(text, STR("\\u")) || str_starts(text, STR("\xef\xbb\xbf"));
    }
}

/* To jansson a zero byte is the end of the text. */
static bool may_take(str text, const char *why)
{
    return (text.n && memchr(text.p, 0, text.n)) || strstr(why, "deeper");
}

/* The same value as jansson has it. */
static const json_t *find_by_jansson(const json_t *v, const struct json_pointer *p)
{
    for (size_t i = 0; v && i < p->n; i++)
        v = json_is_array(v) ? json_array_get(v, p->steps[i].index)
                             : json_object_getn(v, p->steps[i].name.p ? p->steps[i].name.p : "",
                                                p->steps[i].name.n);
    return v;
}

static void check_value(str raw, const json_t *v)
{
    struct buf room = {0};
    char *dumped =
        json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
    must(dumped && json_same(raw, str_from(dumped)) && json_same(str_from(dumped), raw));
    free(dumped);
    if (json_is_number(v))
        must(json_number(raw) == json_number_value(v));
    if (json_is_string(v)) {
        str text = {json_string_value(v), json_string_length(v)};
        must(str_eq(json_text(raw, &room), text) && json_text_is(raw, text));
    }
    must(json_count(raw) == (json_is_array(v) ? json_array_size(v) : json_object_size(v)));
    buf_free(&room);
}

static void check_found(str text, const struct json_pointer *p, const json_t *root)
{
    struct json_value v;
    const json_t *want = find_by_jansson(root, p);
    must(json_find(text, p, &v) == (want != NULL));
    must(v.kind != JSON_IS_BROKEN);
    if (want)
        check_value(v.raw, want);
}

static void check_text(str text, const struct json_pointer *p)
{
    static const struct json_pointer all = {.n = 0};
    struct json_value whole, v;
    json_error_t error;
    json_t *root = json_loadb(text.p, text.n,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    bool good = json_find(text, &all, &whole);
    must(good || (whole.why && whole.offset <= text.n));
    if (root && good) {
        check_value(whole.raw, root);
        check_found(text, p, root);
    } else {
        must(root ? may_take(text, whole.why) : !good || may_refuse(&error, text));
        if (json_find(text, p, &v) && v.kind == JSON_IS_STRING) {
            struct buf room = {0};
            json_text(v.raw, &room);
            buf_free(&room);
        }
    }
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str input = {(const char *)data, size}, pointer, text;
    str_cut(input, '\n', &pointer, &text);
    struct arena arena = {0};
    struct json_pointer p;
    struct err e = {0};
    char *copy = mem_alloc(text.n + !text.n);
    if (text.n)
        memcpy(copy, text.p, text.n);
    if (json_pointer_parse(pointer, &arena, &p, &e))
        check_text((str){copy, text.n}, &p);
    else
        must(e.kind == ERR_USAGE && e.text[0]);
    mem_free(copy);
    arena_free(&arena);
    return 0;
}
