/* web/expo.h: the formats that Prometheus reads: text 0.0.4, OpenMetrics 1.0 and protobuf, in which
 * histograms are native ones beside their classic buckets. A writer says what there is, family by
 * family; the format says how. One thread. Sources: prometheus.io/docs/instrumenting/
 * exposition_formats, the OpenMetrics specification, client_model's metrics.proto. */
#ifndef WEIR_WEB_EXPO_H
#define WEIR_WEB_EXPO_H

#include <stdbool.h>

#include "base/buf.h"
#include "stats/hist.h"

enum expo_type { EXPO_COUNTER, EXPO_GAUGE, EXPO_HISTOGRAM };

/* All samples of one name. */
struct expo_family {
    const char *name; /* a counter's ends in _total */
    enum expo_type type;
    const char *unit; /* "seconds", "bytes", with which the name ends; NULL: none */
    const char *help; /* a sentence, ASCII, without backslash and line end */
};

enum { EXPO_LABELS = 40 };

struct expo_label {
    str name;  /* [a-zA-Z_][a-zA-Z0-9_]* */
    str value; /* any bytes */
};

struct expo_labels {
    struct expo_label list[EXPO_LABELS];
    unsigned n;
};

/* Borders of classic buckets. */
struct expo_bounds {
    const double *upper; /* ascending, inclusive; +Inf is understood */
    unsigned n;
    double units; /* of the histogram in 1 of what the borders are in: 1e9 for seconds */
};

enum { EXPO_BOUNDS = 24 };

struct expo;

struct expo_format {
    const char *content_type;
    void (*family)(struct expo *x);     /* a new one begins */
    void (*family_end)(struct expo *x); /* MAY */
    void (*value)(struct expo *x, const struct expo_labels *l, double v);
    void (*hist)(struct expo *x, const struct expo_labels *l, const struct hist *h,
                 const struct expo_bounds *b);
    void (*end)(struct expo *x); /* MAY */
};

extern const struct expo_format expo_text, expo_openmetrics, expo_protobuf;

/* The best of the formats that the Accept header names; text where it names none or is empty. */
const struct expo_format *expo_accepted(str accept);

/* Starts as {.format = …, .out = …}. */
struct expo {
    const struct expo_format *format;
    struct buf *out;
    const struct expo_family *now; /* the family that is being written */
    bool begun;                    /* it has a sample */
    struct buf message;            /* protobuf: of that family */
};

/* Begins a family; one without samples is not written. */
void expo_family(struct expo *x, const struct expo_family *f);
void expo_value(struct expo *x, const struct expo_labels *l, double v);
void expo_hist(struct expo *x, const struct expo_labels *l, const struct hist *h,
               const struct expo_bounds *b);
void expo_end(struct expo *x); /* the document is complete */

/* ---- expo_buckets.c: what both kinds of histograms hold. Pure. ---- */

/* Samples <= each border, at the resolution of the histogram. */
void expo_classic(const struct hist *h, const struct expo_bounds *b, uint64_t *counts);

/* Native buckets: the one with index i holds what is <= 2^(i / 8) and more than the one before. */
enum { EXPO_SCHEMA = 3, EXPO_NATIVE_MOST = 1024 };
#define EXPO_ZERO 1e-9 /* what is not more is in the zero bucket */

struct expo_native {
    uint64_t zero;
    unsigned n;
    struct {
        int index; /* ascending */
        uint64_t count;
    } buckets[EXPO_NATIVE_MOST];
};

void expo_native(const struct hist *h, double units, struct expo_native *out);

#endif
