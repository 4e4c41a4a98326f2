/* cli/cmd_kafka_consume.h: `weir kafka consume`. */
#ifndef WEIR_CLI_CMD_KAFKA_CONSUME_H
#define WEIR_CLI_CMD_KAFKA_CONSUME_H

#include "cli/command.h"

extern const struct command cmd_kafka_consume;

#endif
