/* cli/options_common.h: the options that several commands share. */
#ifndef WEIR_CLI_OPTIONS_COMMON_H
#define WEIR_CLI_OPTIONS_COMMON_H

#include "base/args.h"

extern const struct option options_load[];     /* of every command that makes load … */
extern const struct option options_results[];  /* … or measures */
extern const struct option options_color[];    /* of those that write for people */
extern const struct option options_log[];      /* of those that make calls */
extern const struct option options_settings[]; /* where settings come from, and help */

extern const struct option options_help_only[]; /* of commands without settings */

#endif
