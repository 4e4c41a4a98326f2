/* cli/cmd_kafka_rr.h: `weir kafka rr`. */
#ifndef WEIR_CLI_CMD_KAFKA_RR_H
#define WEIR_CLI_CMD_KAFKA_RR_H

#include "cli/command.h"

extern const struct command cmd_kafka_rr;

#endif
