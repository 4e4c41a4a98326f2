/* The journal's bytes: as documented, there and back, and what damage anywhere makes of them. */
#include "unit.h"

#include <string.h>

#include "store/journal.h"

static const struct journal_record session = {
    .kind = JOURNAL_SESSION,
    .session = {.run = {.run = 0x0102030405060708, .driver = 9, .worker = 10, .workers = 11},
                .boot = {'b', 'o', 'o', 't'},
                .wall_ns = 12,
                .monotonic_ns = 13}};

/* A batch of these records, with the journal's beginning. */
static void write_batch(struct buf *out, const struct journal_record *records, size_t n)
{
    struct buf batch = {0};
    journal_begin(&batch);
    for (size_t i = 0; i < n; i++)
        journal_add(&batch, &records[i]);
    journal_seal(&batch);
    buf_str(out, buf_view(&batch));
    buf_free(&batch);
}

static void the_layout_is_as_documented(void **state)
{
    (void)state;
    static const unsigned char want[] = {
        'w', 'e', 'i', 'r', 'r', 'e', 'q', '1', 15, 0, 0, 0, 0, 0, 0, 0,
        /* zlib.crc32 of Python: of the records, of the 12 bytes before */
        0x41, 0x6a, 0x7d, 0x05, 0x84, 0xdb, 0x52, 0x85, 3, 4, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 3,
        0};
    const struct journal_record end = {
        .kind = JOURNAL_END, .id = {.slot = 4, .sequence = 261}, .fate = FATE_TIMEOUT};
    struct buf b = {0};
    buf_str(&b, JOURNAL_MAGIC);
    write_batch(&b, &end, 1);
    assert_int_equal(b.n, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    buf_free(&b);
}

static const struct journal_record records[] = {
    {.kind = JOURNAL_ISSUE,
     .id = {.slot = 3, .sequence = UINT64_C(1) << 41},
     .issue = {.due_ns = 5, .label = 6, .own_id = {"own", 3}, .kept = {"k\0pt", 4}},
     .due_wall_ns = UINT64_MAX},
    {.kind = JOURNAL_ISSUE, .issue = {.own_id = {NULL, 0}, .kept = {"", 0}}},
    {.kind = JOURNAL_ISSUE, .issue = {.own_id = {"", 0}, .kept = {NULL, 0}}},
    {.kind = JOURNAL_END, .id = {.slot = 3, .sequence = 9}, .fate = FATE_OK, .replied = true},
    {.kind = JOURNAL_REPLY, .id = {.slot = 1, .sequence = 2}, .verdict = REPLY_LATE},
    {.kind = JOURNAL_REPLY, .id = {.slot = 1, .sequence = 2}, .verdict = REPLY_DUPLICATE},
    {.kind = JOURNAL_PLACE, .place = {{"orders.replies", 14}, INT32_MAX, INT64_MAX}},
};

enum { RECORDS = sizeof records / sizeof *records };

static void assert_same_bytes(str a, str b)
{
    assert_true(str_eq(a, b) && (a.p == NULL) == (b.p == NULL));
}

static void assert_same(const struct journal_record *a, const struct journal_record *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_memory_equal(&a->session, &b->session, sizeof a->session);
    assert_true(a->id.slot == b->id.slot && a->id.sequence == b->id.sequence);
    assert_true(a->issue.due_ns == b->issue.due_ns && a->issue.label == b->issue.label);
    assert_true(a->due_wall_ns == b->due_wall_ns);
    assert_same_bytes(a->issue.own_id, b->issue.own_id);
    assert_same_bytes(a->issue.kept, b->issue.kept);
    assert_same_bytes(a->place.topic, b->place.topic);
    assert_true(a->place.partition == b->place.partition && a->place.next == b->place.next);
    assert_true(a->fate == b->fate && a->replied == b->replied && a->verdict == b->verdict);
}

/* A session, all records in one batch, an empty batch, one record more. */
static void write_sample(struct buf *b)
{
    buf_str(b, JOURNAL_MAGIC);
    write_batch(b, &session, 1);
    write_batch(b, records, RECORDS);
    write_batch(b, NULL, 0);
    write_batch(b, &records[3], 1);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct journal_reader reader;
    struct journal_record r;
    struct buf b = {0};
    write_sample(&b);
    assert_true(journal_start(&reader, buf_view(&b)));
    assert_true(journal_next(&reader, &r));
    assert_same(&r, &session);
    for (size_t i = 0; i < RECORDS; i++) {
        assert_true(journal_next(&reader, &r));
        assert_same(&r, &records[i]);
    }
    assert_true(journal_next(&reader, &r));
    assert_same(&r, &records[3]);
    assert_false(journal_next(&reader, &r));
    assert_null(reader.why);
    assert_int_equal(reader.at, b.n);
    buf_free(&b);
}

/* Records that can be read, and whether the rest is damaged. */
static unsigned readable(str bytes, bool *damaged)
{
    struct journal_reader reader;
    struct journal_record r;
    unsigned n = 0;
    *damaged = !journal_start(&reader, bytes);
    while (!*damaged && journal_next(&reader, &r))
        n++;
    *damaged |= reader.why != NULL;
    assert_false(journal_next(&reader, &r) && !*damaged);
    return n;
}

static void what_was_cut_off_is_no_damage(void **state)
{
    (void)state;
    struct buf b = {0};
    bool damaged;
    write_sample(&b);
    for (size_t n = JOURNAL_MAGIC.n; n < b.n; n++) {
        unsigned there = readable((str){b.p, n}, &damaged);
        assert_false(damaged);
        assert_true(there == 0 || there == 1 || there == 1 + RECORDS);
    }
    buf_free(&b);
}

static void every_changed_bit_is_damage(void **state)
{
    (void)state;
    struct buf b = {0};
    bool damaged;
    write_sample(&b);
    for (size_t i = 0; i < b.n * 8; i++) {
        b.p[i / 8] ^= (char)(1 << i % 8);
        readable(buf_view(&b), &damaged);
        assert_true(damaged);
        b.p[i / 8] ^= (char)(1 << i % 8);
    }
    buf_free(&b);
}

/* With checksums that are right: somebody made it so. */
static void records_that_make_no_sense_are_damage(void **state)
{
    (void)state;
    static const struct journal_record wrong[] = {
        {.kind = JOURNAL_END, .fate = FATES},
        {.kind = JOURNAL_REPLY, .verdict = REPLY_MATCHED},
        {.kind = JOURNAL_REPLY, .verdict = 77},
        {.kind = JOURNAL_PLACE, .place = {.topic = {"", 0}}},
    };
    static const char *const bytes[] = {"\0", "\6", "\5", "\3", "\4", "\2", "\1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong + sizeof bytes / sizeof *bytes; i++) {
        struct buf b = {0}, batch = {0};
        bool damaged;
        journal_begin(&batch);
        if (i < sizeof wrong / sizeof *wrong)
            journal_add(&batch, &wrong[i]);
        else
            buf_add(&batch, bytes[i - sizeof wrong / sizeof *wrong], 1);
        journal_seal(&batch);
        buf_str(&b, JOURNAL_MAGIC);
        buf_str(&b, buf_view(&batch));
        assert_int_equal(readable(buf_view(&b), &damaged), 0);
        assert_true(damaged);
        buf_free(&b);
        buf_free(&batch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_as_documented),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_was_cut_off_is_no_damage),
        cmocka_unit_test(every_changed_bit_is_damage),
        cmocka_unit_test(records_that_make_no_sense_are_damage),
    };
    return UNIT_RUN(tests);
}
