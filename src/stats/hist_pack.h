/* stats/hist_pack.h: a histogram in few bytes, for those of which there are very many (a second of
 * a series): gaps between buckets and counts in Exp-Golomb codes (Teuhola, 1978), whose orders are
 * chosen so that they are shortest. A quarter of hist_v2's bytes for ten samples, half for a
 * hundred, as many for some thousands. What is not carried: exact min, max and sums, as there. Any
 * thread.
 *
 * The bytes: one of 0x80 + 16 * order of counts (0..7) + order of gaps (0..15); then, highest bit
 * first, for each bucket of hist.h's layout that holds samples: how many empty ones stand before it
 * (since the last one, or since the first of the layout), how many samples it holds less one. A
 * number n of order k: q = (n >> k) + 1 in binary, with as many zeros before it as it has bits
 * behind its highest, then the k lowest bits of n. Zeros fill the last byte. */
#ifndef WEIR_STATS_HIST_PACK_H
#define WEIR_STATS_HIST_PACK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "stats/hist.h"

/* Appends the bytes; of an empty histogram one. Overflow samples stand in the last bucket, as
 * hist_v2_encode puts them. */
void hist_pack(const struct hist *h, struct buf *out);

/* Are they such bytes, or another encoding's? */
bool hist_is_packed(str bytes);

/* Adds the samples to *h; min, max and sums from the middles of the buckets. Damaged bytes are
 * refused with a sentence and leave *h as it was. Input may be hostile. */
bool hist_unpack(str bytes, struct hist *h, struct err *e);

#endif
