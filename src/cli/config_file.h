/* cli/config_file.h: settings from a JSON file (RFC 8259): one object whose keys are the long
 * options, with strings, numbers, true or false, and lists for options that repeat. */
#ifndef WEIR_CLI_CONFIG_FILE_H
#define WEIR_CLI_CONFIG_FILE_H

#include "base/args.h"

/* Reads it beneath what flags and environment have set. A file that cannot be read is ERR_RUN;
 * anything wrong inside is ERR_USAGE and named by file and key, or line and column. A key of
 * another command is kept in a->unused. */
bool config_file_read(struct args *a, const char *path, struct err *e);

#endif
