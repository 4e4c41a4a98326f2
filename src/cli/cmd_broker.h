/* cli/cmd_broker.h: `weir broker`. */
#ifndef WEIR_CLI_CMD_BROKER_H
#define WEIR_CLI_CMD_BROKER_H

#include "cli/command.h"

extern const struct command cmd_broker;

#endif
