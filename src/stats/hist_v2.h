/* stats/hist_v2.h: a histogram as bytes: HdrHistogram's V2 compressed encoding (cookie 0x1c849314,
 * zlib around cookie 0x1c849313, ZigZag LEB128 counts), as its Java, C and Python libraries read
 * and write it. Source of the format: HdrHistogram,
 * AbstractHistogram.encodeIntoCompressedByteBuffer. What the format does not carry: exact min, max
 * and sums. Any thread. */
#ifndef WEIR_STATS_HIST_V2_H
#define WEIR_STATS_HIST_V2_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "stats/hist.h"

/* Appends the compressed bytes to out. Overflow samples stand in the last bucket of the layout
 * (73 minutes, which is also the highest trackable value in the header): other readers see them as
 * longer than an hour, and hist_v2_decode counts them as overflow again. */
void hist_v2_encode(const struct hist *h, struct buf *out);

/* Adds the decoded samples to *h. Bytes of another unit or precision, or damaged ones, or ones with
 * something behind their end, are refused with a sentence and leave *h as it was. min, max and sums
 * come from the middles of the buckets. Input may be hostile: memory and time are bounded (0.8 MB,
 * some ms). */
bool hist_v2_decode(str bytes, struct hist *h, struct err *e);

#endif
