/* The table of metrics, and how each is read from a run. */
#include "web/metrics_parts.h"

#include <string.h>

#include "base/mem.h"

/* While they are written. */
struct writing {
    const struct metrics_run *run;
    struct expo expo;
    struct expo_labels *labels; /* of each series */
};

/* Of the run, of each series of one kind, or of each that clients measure under one name. */
struct metric {
    struct expo_family family;
    const char *labels; /* for people; NULL: none */
    metrics_run_writer *run;
    metrics_writer *series;
    enum series_kind kind;
    const struct measure *of; /* the name says it: no label `series` */
};

static const struct metric table[] = {
    {.family = {"weir_build_info", EXPO_GAUGE, NULL, "The version of weir, always 1."},
     .labels = "version",
     .run = metrics_put_build},
    {.family = {"weir_run_info", EXPO_GAUGE, NULL, "What this run is, always 1."},
     .labels = "run, command, target, model",
     .run = metrics_put_run},
    {.family = {"weir_run_phase", EXPO_GAUGE, NULL, "1 for the phase that the run is in."},
     .labels = "phase",
     .run = metrics_put_phase},
    {.family = {"weir_asked_rate", EXPO_GAUGE, NULL,
                "Starts per second that the open plan asks for now."},
     .labels = "scenario",
     .run = metrics_put_asked_rate},
    {.family = {"weir_asked_users", EXPO_GAUGE, NULL, "Users that the closed plan asks for now."},
     .labels = "scenario",
     .run = metrics_put_asked_users},
    {.family = {"weir_iterations_started_total", EXPO_COUNTER, NULL,
                "Iterations taken off the schedule."},
     .labels = "scenario",
     .run = metrics_put_iterations},
    {.family = {"weir_iterations_total", EXPO_COUNTER, NULL,
                "Iterations that have ended, by result."},
     .labels = "scenario, result",
     .run = metrics_put_iteration_ends},
    {.family = {"weir_iterations_skipped_total", EXPO_COUNTER, NULL,
                "Iterations that were due and were not started."},
     .labels = "scenario",
     .run = metrics_put_skipped},
    {.family = {"weir_script_errors_total", EXPO_COUNTER, NULL,
                "Iterations ended by an error, by cause."},
     .labels = "cause",
     .run = metrics_put_script_errors},
    {.family = {"weir_calls_started_total", EXPO_COUNTER, NULL, "Calls that were due."},
     .labels = "series, tags",
     .series = metrics_put_started,
     .kind = SERIES_CALLS},
    {.family = {"weir_calls_total", EXPO_COUNTER, NULL, "Calls that have ended, by fate."},
     .labels = "series, tags, fate",
     .series = metrics_put_fates,
     .kind = SERIES_CALLS},
    {.family = {"weir_calls_in_flight", EXPO_GAUGE, NULL,
                "Calls that were due and have not ended."},
     .labels = "series, tags",
     .series = metrics_put_in_flight,
     .kind = SERIES_CALLS},
    {.family = {"weir_failures_total", EXPO_COUNTER, NULL, "Calls that were not ok, by cause."},
     .labels = "series, tags, cause",
     .series = metrics_put_causes,
     .kind = SERIES_CALLS},
    {.family = {"weir_status_codes_total", EXPO_COUNTER, NULL,
                "Replies by status code of the protocol."},
     .labels = "series, tags, status",
     .series = metrics_put_status,
     .kind = SERIES_CALLS},
    {.family = {"weir_checks_total", EXPO_COUNTER, NULL, "Checks by name and result."},
     .labels = "series, tags, check, result",
     .series = metrics_put_checks,
     .kind = SERIES_CALLS},
    {.family = {"weir_response_time_seconds", EXPO_HISTOGRAM, "seconds",
                "From when a call was due to its outcome."},
     .labels = "series, tags",
     .series = metrics_put_response,
     .kind = SERIES_CALLS},
    {.family = {"weir_service_time_seconds", EXPO_HISTOGRAM, "seconds",
                "From when a call was sent to its reply."},
     .labels = "series, tags",
     .series = metrics_put_service,
     .kind = SERIES_CALLS},
    {.family = {"weir_sent_bytes_total", EXPO_COUNTER, "bytes", "Bytes sent to the target."},
     .labels = "series, tags",
     .series = metrics_put_sent,
     .kind = SERIES_CALLS},
    {.family = {"weir_received_bytes_total", EXPO_COUNTER, "bytes",
                "Bytes received from the target."},
     .labels = "series, tags",
     .series = metrics_put_received,
     .kind = SERIES_CALLS},
    {.family = {"weir_reconnects_total", EXPO_COUNTER, NULL,
                "Connections opened in place of a lost one."},
     .labels = "series, tags",
     .series = metrics_put_reconnects,
     .kind = SERIES_CALLS},
    {.family = {"weir_possibly_stored_total", EXPO_COUNTER, NULL,
                "Calls that failed and that the target may have stored all the same."},
     .labels = "series, tags",
     .series = metrics_put_possibly,
     .kind = SERIES_CALLS},
    {.family = {"weir_replies_total", EXPO_COUNTER, NULL,
                "Records that came where replies do, by class."},
     .labels = "class",
     .run = metrics_put_replies},
    {.family = {"weir_late_reply_seconds", EXPO_HISTOGRAM, "seconds",
                "From when a request was due to its reply that came too late."},
     .run = metrics_put_late},
    {.family = {"weir_records_total", EXPO_COUNTER, NULL, "Records that were read."},
     .labels = "series, tags",
     .series = metrics_put_started,
     .kind = SERIES_RECORDS},
    {.family = {"weir_audited_records_total", EXPO_COUNTER, NULL,
                "Records that were read, by class."},
     .labels = "series, tags, class",
     .series = metrics_put_classes,
     .kind = SERIES_RECORDS},
    {.family = {"weir_record_bytes_total", EXPO_COUNTER, "bytes",
                "What the records that were read hold."},
     .labels = "series, tags",
     .series = metrics_put_received,
     .kind = SERIES_RECORDS},
    {.family = {"weir_end_to_end_seconds", EXPO_HISTOGRAM, "seconds",
                "From when a record was due at its sender to its reading."},
     .labels = "series, tags",
     .series = metrics_put_response,
     .kind = SERIES_RECORDS},
    {.family = {"weir_metric_total", EXPO_COUNTER, NULL,
                "What a counter of the script or of a client has come to."},
     .labels = "series, tags",
     .series = metrics_put_sum,
     .kind = SERIES_COUNTER},
    {.family = {"weir_metric_values", EXPO_HISTOGRAM, NULL,
                "Values that the script or a client has recorded."},
     .labels = "series, tags",
     .series = metrics_put_values,
     .kind = SERIES_VALUES},
    {.family = {"weir_metric_seconds", EXPO_HISTOGRAM, "seconds", "Times that a client measured."},
     .labels = "series, tags",
     .series = metrics_put_response,
     .kind = SERIES_TIMES},
    {.family = {"weir_kafka_consumer_lag_records", EXPO_GAUGE, "records",
                "Records that a consumer of this run has not taken yet, when it last said."},
     .labels = "tags: topic, partition",
     .series = metrics_put_last,
     .of = &measures[MEASURE_LAG]},
    {.family = {"weir_kafka_group_lag_records", EXPO_GAUGE, "records",
                "Records that a watched group has not committed, when it was last looked at."},
     .labels = "tags: group, topic, partition",
     .series = metrics_put_last,
     .of = &measures[MEASURE_GROUP_PARTITION_LAG]},
    {.family = {"weir_kafka_group_lag_seconds", EXPO_GAUGE, "seconds",
                "Since the first of these records was written, when it was last looked at."},
     .labels = "tags: group, topic, partition",
     .series = metrics_put_last,
     .of = &measures[MEASURE_GROUP_PARTITION_WAIT]},
    {.family = {"weir_start_lateness_seconds", EXPO_HISTOGRAM, "seconds",
                "How late starts of the open model were taken: the fault of the generator."},
     .run = metrics_put_lateness},
    {.family = {"weir_wait_seconds", EXPO_HISTOGRAM, "seconds",
                "From when a call was taken to when it was sent."},
     .run = metrics_put_wait},
    {.family = {"weir_loop_turn_seconds", EXPO_HISTOGRAM, "seconds",
                "Busy time of turns of the event loop."},
     .run = metrics_put_turn},
    {.family = {"weir_log_lines_lost_total", EXPO_COUNTER, NULL,
                "Lines of the log that were not written."},
     .run = metrics_put_lost},
    {.family = {"process_cpu_seconds_total", EXPO_COUNTER, "seconds", "CPU time of this process."},
     .run = metrics_put_cpu},
    {.family = {"process_resident_memory_bytes", EXPO_GAUGE, "bytes",
                "Resident memory of this process."},
     .run = metrics_put_rss},
    {.family = {"process_start_time_seconds", EXPO_GAUGE, "seconds",
                "When this process began, in seconds since 1970."},
     .run = metrics_put_begun},
};

enum { FAMILIES = sizeof table / sizeof *table };

static void write_series(struct writing *w, const struct metric *m)
{
    const struct results *r = w->run->results;
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i]->series->kind == m->kind)
            m->series(&w->expo, &w->labels[i], &r->list[i]->data);
}

static void write_measure(struct writing *w, const struct metric *m)
{
    const struct results *r = w->run->results;
    for (size_t i = 0; i < r->n; i++) {
        const struct series *s = r->list[i]->series;
        if (s->kind != m->of->kind || !str_eq(s->name, str_from(m->of->name)))
            continue;
        struct expo_labels l = {.n = w->labels[i].n - 1};
        memcpy(l.list, w->labels[i].list + 1, l.n * sizeof *l.list);
        m->series(&w->expo, &l, &r->list[i]->data);
    }
}

void metrics_write(const struct metrics_run *run, const struct expo_format *format, struct buf *out)
{
    const struct results *r = run->results;
    struct arena arena = {0};
    struct writing w = {.run = run, .expo = {.format = format, .out = out}};
    w.labels = mem_array(r->n + 1, sizeof *w.labels);
    for (size_t i = 0; i < r->n; i++)
        metrics_labels(r->list[i]->series, &arena, &w.labels[i]);
    for (unsigned i = 0; i < FAMILIES; i++) {
        expo_family(&w.expo, &table[i].family);
        if (table[i].run)
            table[i].run(&w.expo, run);
        else if (table[i].of)
            write_measure(&w, &table[i]);
        else
            write_series(&w, &table[i]);
    }
    expo_end(&w.expo);
    mem_free(w.labels);
    arena_free(&arena);
}

void metrics_reference(struct buf *out)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    buf_str(out, STR("| metric | type | labels | meaning |\n|---|---|---|---|\n"));
    for (unsigned i = 0; i < FAMILIES; i++) {
        const struct metric *m = &table[i];
        buf_printf(out, "| `%s` | %s | %s | %s |\n", m->family.name, types[m->family.type],
                   m->labels ? m->labels : "", m->family.help);
    }
}

void metrics_list(void (*tell)(void *owner, const struct expo_family *f), void *owner)
{
    for (unsigned i = 0; i < FAMILIES; i++)
        tell(owner, &table[i].family);
}
