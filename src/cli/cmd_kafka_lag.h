/* cli/cmd_kafka_lag.h: `weir kafka lag`. */
#ifndef WEIR_CLI_CMD_KAFKA_LAG_H
#define WEIR_CLI_CMD_KAFKA_LAG_H

#include "cli/command.h"

extern const struct command cmd_kafka_lag;

#endif
