/* web/metrics_parts.h: the metrics of a run and of a series, for the table in metrics.c. Private to
 * src/web/metrics*.c. */
#ifndef WEIR_WEB_METRICS_PARTS_H
#define WEIR_WEB_METRICS_PARTS_H

#include "web/metrics.h"

extern const struct expo_bounds metrics_seconds;

void metrics_push(struct expo_labels *l, str name, str value);
/* A value with one label more. */
void metrics_put_with(struct expo *x, struct expo_labels *l, str name, str value, uint64_t n);

typedef void metrics_run_writer(struct expo *x, const struct metrics_run *run);

metrics_run_writer metrics_put_build, metrics_put_run, metrics_put_phase, metrics_put_asked_rate,
    metrics_put_asked_users, metrics_put_iterations, metrics_put_iteration_ends,
    metrics_put_skipped, metrics_put_script_errors, metrics_put_replies, metrics_put_late,
    metrics_put_lateness, metrics_put_wait, metrics_put_turn, metrics_put_lost, metrics_put_cpu,
    metrics_put_rss, metrics_put_begun;

typedef void metrics_writer(struct expo *x, struct expo_labels *l, const struct series_data *d);

/* Of calls (and of records, where they have the same), */
metrics_writer metrics_put_started, metrics_put_fates, metrics_put_in_flight, metrics_put_causes,
    metrics_put_status, metrics_put_checks, metrics_put_response, metrics_put_service,
    metrics_put_sent, metrics_put_received, metrics_put_reconnects, metrics_put_possibly;
/* of records, of a script's own, and of what clients measure. */
metrics_writer metrics_put_classes, metrics_put_sum, metrics_put_values, metrics_put_last;

#endif
