/* What a record is made of, and which options contradict each other there. */
#include "cli/produce_records.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/options_kafka.h"
#include "cli/read_file.h"
#include "scenario/lines.h"

static bool standard_input_is_a_pipe(void)
{
    struct stat about;
    return fstat(STDIN_FILENO, &about) == 0 && S_ISFIFO(about.st_mode);
}

const char *produce_lines(const struct args *a, struct arena *arena)
{
    if (args_given(a, "lines"))
        return arena_z(arena, args_text(a, "lines"));
    if (args_given(a, "size") || args_given(a, "value"))
        return NULL;
    return standard_input_is_a_pipe() ? "-" : NULL;
}

static bool one_source(const struct args *a, struct err *e)
{
    static const char *const names[] = {"size", "value", "lines"};
    const char *first = NULL;
    for (size_t i = 0; i < 3; i++) {
        if (!args_given(a, names[i]))
            continue;
        if (first)
            return err_set(e, ERR_USAGE,
                           "--%s and --%s exclude each other: each says what the values are", first,
                           names[i]);
        first = names[i];
    }
    return true;
}

/* "\t" as people type it. */
static str delimiter(str text)
{
    return str_eq(text, STR("\\t")) ? STR("\t") : text;
}

static bool read_lines(const struct args *a, struct arena *arena, struct records *r, struct err *e)
{
    r->lines = produce_lines(a, arena);
    if (args_given(a, "key-delimiter") && !r->lines)
        return err_set(e, ERR_USAGE, "-K is for lines: --lines FILE");
    if (args_given(a, "key-delimiter") && args_given(a, "key"))
        return err_set(e, ERR_USAGE, "-k and -K exclude each other: each says what the keys are");
    if (args_given(a, "key-delimiter"))
        r->delimiter = delimiter(args_text(a, "key-delimiter"));
    return !r->lines || lines_check(r->lines, e);
}

static bool read_headers(const struct args *a, struct arena *arena, struct records *r,
                         struct err *e)
{
    size_t n = args_times(a, "header");
    struct kafka_header *headers = arena_alloc(arena, (n + 1) * sizeof *headers);
    for (size_t i = 0; i < n; i++)
        if (!kafka_header_read(args_item(a, "header", i), &headers[i], e))
            return false;
    r->common.headers = headers;
    r->common.n_headers = (unsigned)n;
    return true;
}

static bool read_value(const struct args *a, struct arena *arena, struct records *r, struct err *e)
{
    str text = args_text(a, "value"), size = args_text(a, "size");
    if (r->lines)
        return true;
    if (text.p)
        return read_text_or_file(text, arena, &r->common.value, e);
    if (!kafka_size_read(size.p ? size : STR("100"), &r->size_least, &r->size_most, e))
        return false;
    r->letters = records_letters(r->seed, r->size_most, arena);
    return true;
}

/* In the value only where weir makes it. */
static bool read_stamp(const struct args *a, struct records *r, struct err *e)
{
    r->common.stamp = (enum kafka_stamp_place)args_choice(a, "stamp");
    if (r->common.stamp != KAFKA_STAMP_IN_VALUE)
        return true;
    if (!r->letters.n)
        return err_set(e, ERR_USAGE,
                       "--stamp value is for values that weir makes (--size): say --stamp header");
    return r->size_least >= KAFKA_STAMP_BYTES ||
           err_set(e, ERR_USAGE, "a stamp has %d bytes: --size %d or more", KAFKA_STAMP_BYTES,
                   KAFKA_STAMP_BYTES);
}

bool produce_record_read(const struct args *a, uint64_t seed, struct arena *arena,
                         struct records *r, struct err *e)
{
    r->seed = seed;
    r->common.partition = -1;
    if (args_given(a, "partition"))
        r->common.partition = (int32_t)args_count(a, "partition", 0);
    return kafka_key_read(args_text(a, "key"), r, e) && read_headers(a, arena, r, e) &&
           read_value(a, arena, r, e);
}

bool produce_records_read(const struct args *a, uint64_t seed, struct arena *arena,
                          struct records *r, struct err *e)
{
    return one_source(a, e) && read_lines(a, arena, r, e) &&
           produce_record_read(a, seed, arena, r, e) && read_stamp(a, r, e);
}

/* ---- the producer ---- */

/* An option of weir's and the property behind it. */
static bool set_once(const struct args *a, struct kafka_properties *p, const char *option,
                     const char *property, const char *value, struct arena *arena, struct err *e)
{
    struct buf name = {0};
    if (args_given(a, option) && kafka_property_find(p, property).p) {
        args_name(a, option, &name);
        err_set(e, ERR_USAGE, STR_FMT " and -X %s exclude each other: they are one setting",
                STR_ARG(buf_view(&name)), property);
        buf_free(&name);
        return false;
    }
    kafka_property_default(p, property, str_from(value), arena);
    return true;
}

bool produce_properties_read(const struct args *a, uint64_t in_flight, struct arena *arena,
                             struct kafka_properties *into, struct err *e)
{
    static const char *const codecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    static const char *const acks[] = {"0", "1", "all"};
    if (!set_once(a, into, "compress", "compression.codec", codecs[args_choice(a, "compress")],
                  arena, e) ||
        !set_once(a, into, "acks", "acks", acks[args_choice(a, "acks")], arena, e))
        return false;
    if (in_flight != UINT64_MAX) /* some are reported and not yet freed while others are made */
        kafka_property_default(into, "queue.buffering.max.messages",
                               arena_printf(arena, "%llu", (unsigned long long)in_flight * 2),
                               arena);
    return true;
}
