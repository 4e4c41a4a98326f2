/* cli/cmd_kafka_produce.h: `weir kafka produce`. */
#ifndef WEIR_CLI_CMD_KAFKA_PRODUCE_H
#define WEIR_CLI_CMD_KAFKA_PRODUCE_H

#include "cli/command.h"

extern const struct command cmd_kafka_produce;

#endif
