/* Ids in records: the first line of an input says where the id stands, the rest is the key, the
 * value and the value of every header. Any first line is refused with a sentence or means a place;
 * what is found there lies within the record, or within what was made of it. The record has memory
 * of its own exact size, so that a read beyond it is seen. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/kafka_correlate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool header(const void *record, const char *name, str *value)
{
    const struct kafka_correlated *r = record;
    must(name[0] != 0);
    *value = r->value;
    return true;
}

static bool within(str id, str bytes)
{
    return id.p >= bytes.p && id.p + id.n <= bytes.p + bytes.n;
}

static bool in_room(enum kafka_correlate_kind kind)
{
    return kind == KAFKA_CORRELATE_JSON || kind == KAFKA_CORRELATE_REGEX;
}

static void find(const struct kafka_correlate *c, str bytes)
{
    struct kafka_correlated record = {.key = bytes, .value = bytes, .header = header};
    struct buf room = {0};
    str id;
    record.record = &record;
    if (kafka_correlate_find(c, &record, &room, &id) == KAFKA_CORRELATE_FOUND) {
        must(id.n > 0);
        must(within(id, bytes) || (in_room(c->kind) && within(id, buf_view(&room))));
        must(c->kind != KAFKA_CORRELATE_BYTES || id.n == c->length);
    }
    buf_free(&room);
}

/* The library's own expressions take time and memory without bounds for repeats of repeats: they
 * are the user's, not foreign bytes. */
static bool is_tame(str where)
{
    return !str_starts(where, STR("regex:")) ||
           (where.n < 40 && !str_contains(where, STR("{")) && !str_contains(where, STR("\\")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct kafka_correlate c;
    struct err e = {0};
    str where, rest;
    str_cut((str){(const char *)data, size}, '\n', &where, &rest);
    if (!is_tame(where))
        return 0;
    char *own = mem_alloc(rest.n + !rest.n);
    if (rest.n)
        memcpy(own, rest.p, rest.n);
    if (kafka_correlate_parse(where, &arena, &c, &e)) {
        find(&c, (str){own, rest.n});
        find(&c, (str){NULL, 0});
        kafka_correlate_free(&c);
    } else {
        must(e.kind == ERR_USAGE && strlen(e.text) > 0);
    }
    mem_free(own);
    arena_free(&arena);
    return 0;
}
