/* client_model's MetricFamily messages, each behind its length. Only what is written here of
 * protobuf's wire format (protobuf.dev/programming-guides/encoding): numbers, doubles, bytes. */
#include <string.h>

#include "base/utf8.h"
#include "web/expo.h"

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2 };

/* Fields of metrics.proto. */
enum {
    FAMILY_NAME = 1,
    FAMILY_HELP = 2,
    FAMILY_TYPE = 3,
    FAMILY_METRIC = 4,
    METRIC_LABEL = 1,
    METRIC_GAUGE = 2,
    METRIC_COUNTER = 3,
    METRIC_HISTOGRAM = 7,
    LABEL_NAME = 1,
    LABEL_VALUE = 2,
    VALUE = 1,
    HIST_COUNT = 1,
    HIST_SUM = 2,
    HIST_BUCKET = 3,
    HIST_SCHEMA = 5,
    HIST_ZERO_THRESHOLD = 6,
    HIST_ZERO_COUNT = 7,
    HIST_SPAN = 12,
    HIST_DELTA = 13,
    BUCKET_COUNT = 1,
    BUCKET_UPPER = 2,
    SPAN_OFFSET = 1,
    SPAN_LENGTH = 2,
};

static void add_varint(struct buf *out, uint64_t v)
{
    for (; v > 127; v >>= 7)
        buf_char(out, (char)((v & 127) | 128));
    buf_char(out, (char)v);
}

static void add_key(struct buf *out, unsigned field, enum wire wire)
{
    add_varint(out, field << 3 | wire);
}

static void add_number(struct buf *out, unsigned field, uint64_t v)
{
    add_key(out, field, VARINT);
    add_varint(out, v);
}

static uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static void add_double(struct buf *out, unsigned field, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    add_key(out, field, FIXED64);
    for (unsigned i = 0; i < 8; i++)
        buf_char(out, (char)(bits >> 8 * i));
}

static void add_bytes(struct buf *out, unsigned field, str bytes)
{
    add_key(out, field, BYTES);
    add_varint(out, bytes.n);
    buf_str(out, bytes);
}

/* The inner message is complete: into the outer one, and empty for the next. */
static void add_message(struct buf *out, unsigned field, struct buf *inner)
{
    add_bytes(out, field, buf_view(inner));
    inner->n = 0;
}

/* Strings of protobuf are UTF-8. */
static void add_text(struct buf *out, unsigned field, str text)
{
    struct buf clean = {0};
    while (text.n) {
        size_t n = utf8_char(text);
        buf_add(&clean, n ? text.p : "\xef\xbf\xbd", n ? n : 3);
        text = str_skip(text, n ? n : 1);
    }
    add_message(out, field, &clean);
    buf_free(&clean);
}

static void add_labels(struct buf *metric, const struct expo_labels *l)
{
    struct buf pair = {0};
    for (unsigned i = 0; i < l->n; i++) {
        add_bytes(&pair, LABEL_NAME, l->list[i].name);
        add_text(&pair, LABEL_VALUE, l->list[i].value);
        add_message(metric, METRIC_LABEL, &pair);
    }
    buf_free(&pair);
}

static void family(struct expo *x)
{
    static const uint64_t types[] = {[EXPO_COUNTER] = 0, [EXPO_GAUGE] = 1, [EXPO_HISTOGRAM] = 4};
    x->message.n = 0;
    add_bytes(&x->message, FAMILY_NAME, str_from(x->now->name));
    add_bytes(&x->message, FAMILY_HELP, str_from(x->now->help));
    add_number(&x->message, FAMILY_TYPE, types[x->now->type]);
}

static void family_end(struct expo *x)
{
    add_varint(x->out, x->message.n);
    buf_str(x->out, buf_view(&x->message));
    buf_free(&x->message);
}

static void value(struct expo *x, const struct expo_labels *l, double v)
{
    struct buf metric = {0}, inner = {0};
    add_labels(&metric, l);
    add_double(&inner, VALUE, v);
    add_message(&metric, x->now->type == EXPO_COUNTER ? METRIC_COUNTER : METRIC_GAUGE, &inner);
    add_message(&x->message, FAMILY_METRIC, &metric);
    buf_free(&inner);
    buf_free(&metric);
}

static void add_classic(struct buf *out, const struct hist *h, const struct expo_bounds *b)
{
    uint64_t counts[EXPO_BOUNDS];
    struct buf bucket = {0};
    expo_classic(h, b, counts);
    for (unsigned i = 0; i < b->n; i++) {
        add_number(&bucket, BUCKET_COUNT, counts[i]);
        add_double(&bucket, BUCKET_UPPER, b->upper[i]);
        add_message(out, HIST_BUCKET, &bucket);
    }
    buf_free(&bucket);
}

/* Spans are stretches of neighbouring buckets, each behind a gap; deltas the differences of their
 * counts. */
static void add_spans(struct buf *out, const struct expo_native *native)
{
    struct buf span = {0};
    int next = 0;
    for (unsigned i = 0, end; i < native->n; i = end) {
        int first = native->buckets[i].index;
        for (end = i + 1; end < native->n; end++)
            if (native->buckets[end].index != first + (int)(end - i))
                break;
        add_number(&span, SPAN_OFFSET, zigzag(first - next));
        add_number(&span, SPAN_LENGTH, end - i);
        add_message(out, HIST_SPAN, &span);
        next = first + (int)(end - i);
    }
    buf_free(&span);
}

static void add_native(struct buf *out, const struct hist *h, double units)
{
    struct expo_native native;
    struct buf deltas = {0};
    uint64_t before = 0;
    expo_native(h, units, &native);
    add_number(out, HIST_SCHEMA, zigzag(EXPO_SCHEMA));
    add_double(out, HIST_ZERO_THRESHOLD, EXPO_ZERO);
    add_number(out, HIST_ZERO_COUNT, native.zero);
    add_spans(out, &native);
    for (unsigned i = 0; i < native.n; i++) {
        add_varint(&deltas, zigzag((int64_t)(native.buckets[i].count - before)));
        before = native.buckets[i].count;
    }
    add_message(out, HIST_DELTA, &deltas);
    buf_free(&deltas);
}

static void hist(struct expo *x, const struct expo_labels *l, const struct hist *h,
                 const struct expo_bounds *b)
{
    struct buf metric = {0}, inner = {0};
    add_labels(&metric, l);
    add_number(&inner, HIST_COUNT, h->count);
    add_double(&inner, HIST_SUM, (double)h->sum / b->units);
    add_classic(&inner, h, b);
    add_native(&inner, h, b->units);
    add_message(&metric, METRIC_HISTOGRAM, &inner);
    add_message(&x->message, FAMILY_METRIC, &metric);
    buf_free(&inner);
    buf_free(&metric);
}

const struct expo_format expo_protobuf = {
    .content_type = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
                    "encoding=delimited",
    .family = family,
    .family_end = family_end,
    .value = value,
    .hist = hist,
};
