/* cli/records_run.h: what `weir kafka produce` and `weir kafka rr` have in common: one load of
 * records of one kind, by one client, to brokers that may be in this process. */
#ifndef WEIR_CLI_RECORDS_RUN_H
#define WEIR_CLI_RECORDS_RUN_H

#include "cli/load_plan.h"
#include "cli/outputs.h"
#include "proto/kafka_embedded.h"
#include "scenario/records.h"

/* Starts as {.args = …}; lives until the run is over. */
struct records_run {
    const struct args *args;
    struct arena arena;
    struct kafka_embedded *embedded; /* NULL: none */
    struct tag tags[3];
    struct series series;
    struct prepared_call call;
    struct records records;
    struct client_spec client;
    struct scenario scenario;
    struct load load;
    struct load_habits habits;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* Where *brokers is "embedded": starts a broker with these topics, and *brokers is its address. */
bool records_run_embed(struct records_run *r, str *brokers, const char *const *topics, unsigned n,
                       struct err *e);

/* The series, named after the topic, and the scenario, which makes r->records with this client. */
void records_run_scenario(struct records_run *r, const char *topic, const char *type,
                          const struct protocol *protocol, const void *config);

/* The plan, for at most `cap` workers. */
void records_run_plan(struct records_run *r, const char *command, uint64_t id, uint64_t cap,
                      const struct run_words *words);

/* Opens the outputs; `first`, which may be NULL, is told before all others, and closed when that
 * fails. */
bool records_run_outputs(struct records_run *r, struct sink *first, struct err *e);

/* The exit code. */
int records_run_go(struct records_run *r, struct err *e);
void records_run_free(struct records_run *r);

#endif
