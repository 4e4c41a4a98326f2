/* cli/cmd_kafka_topics.h: `weir kafka topics`. */
#ifndef WEIR_CLI_CMD_KAFKA_TOPICS_H
#define WEIR_CLI_CMD_KAFKA_TOPICS_H

#include "cli/command.h"

extern const struct command cmd_kafka_topics;

#endif
