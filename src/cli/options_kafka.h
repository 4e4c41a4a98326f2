/* cli/options_kafka.h: the options of `weir kafka …`, and the forms that their values have. */
#ifndef WEIR_CLI_OPTIONS_KAFKA_H
#define WEIR_CLI_OPTIONS_KAFKA_H

#include "base/args.h"
#include "proto/kafka_conf.h"
#include "scenario/records.h"

extern const struct option options_kafka[];   /* of every command that talks to Kafka */
extern const struct option options_record[];  /* of those that produce: what a record is */
extern const struct option options_metrics[]; /* of those that make clients measure themselves */
extern const struct option options_produce[]; /* of `weir kafka produce` alone */

/* "-X list" was asked for: prints it and is true. */
bool kafka_properties_listed(const struct args *a);

/* -X into the list, which starts empty; texts in the arena. */
bool kafka_properties_read(const struct args *a, enum kafka_role role, struct arena *arena,
                           struct kafka_properties *into, struct err *e);

/* The same for a producer and a consumer. */
bool kafka_properties_read_for_both(const struct args *a, struct arena *arena,
                                    struct kafka_properties *producer,
                                    struct kafka_properties *consumer, struct err *e);

/* The brokers of -b; false: they are not given. */
bool kafka_brokers_read(const struct args *a, str *brokers, struct err *e);

/* "100", "10k", "100..1000": bytes. */
bool kafka_size_read(str text, uint64_t *least, uint64_t *most, struct err *e);

/* "none", "random:N", "sequence" or the key itself. */
bool kafka_key_read(str text, struct records *into, struct err *e);

/* "1k" (records) or "500ms" (time): what a transaction ends by. */
bool kafka_every_read(str text, struct kafka_transacting *into, struct err *e);

/* "NAME=VALUE" */
bool kafka_header_read(str text, struct kafka_header *into, struct err *e);

#endif
