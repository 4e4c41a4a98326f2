/* cli/cmd_http.h: `weir http URL`. */
#ifndef WEIR_CLI_CMD_HTTP_H
#define WEIR_CLI_CMD_HTTP_H

#include "cli/command.h"

extern const struct command cmd_http;

#endif
