/* report/threshold_words.h: the value of a threshold for people: one notation in all outputs. Pure.
 */
#ifndef WEIR_REPORT_THRESHOLD_WORDS_H
#define WEIR_REPORT_THRESHOLD_WORDS_H

#include "base/buf.h"
#include "stats/threshold.h"

/* "312.4 ms", "0.8125 %", "no value: no call was made"; of a span with where it is from: "312.4 ms
 * from 7s to 12s, the worst of 16, 3 missed". */
void threshold_words(const struct threshold_result *t, struct buf *out);

#endif
