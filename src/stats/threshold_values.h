/* stats/threshold_values.h: how figures are taken from a run, for their table in
 * threshold_figures.c. Pure. Private to src/stats. */
#ifndef WEIR_STATS_THRESHOLD_VALUES_H
#define WEIR_STATS_THRESHOLD_VALUES_H

#include "stats/threshold.h"

typedef const struct hist *threshold_times_of(const struct series_data *d);
threshold_times_of threshold_of_response, threshold_of_service;

typedef double threshold_value_of(const struct threshold_input *in, const struct series_data *d);
threshold_value_of threshold_of_ok, threshold_of_failed, threshold_of_failed_check,
    threshold_of_error, threshold_of_timed_out, threshold_of_abandoned, threshold_of_started,
    threshold_of_told, threshold_of_rate, threshold_of_skipped, threshold_of_planned,
    threshold_of_achieved_rate, threshold_of_asked_rate, threshold_of_checks_passed,
    threshold_of_checks_made, threshold_of_sum, threshold_of_sum_rate, threshold_of_lost,
    threshold_of_duplicate, threshold_of_corrupt, threshold_of_foreign, threshold_of_reordered,
    threshold_of_expected, threshold_of_received, threshold_of_matched, threshold_of_late,
    threshold_of_again, threshold_of_orphan, threshold_of_malformed;

#endif
