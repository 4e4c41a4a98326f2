/* cli/options_http.h: the options of `weir http` alone, and the forms that its values have. */
#ifndef WEIR_CLI_OPTIONS_HTTP_H
#define WEIR_CLI_OPTIONS_HTTP_H

#include "base/args.h"

extern const struct option options_http[];

/* "200,201" as a list; in the arena. */
bool http_statuses_read(str text, struct arena *arena, uint16_t **list, unsigned *n, struct err *e);

/* "NAME: VALUE" apart, white space around the value removed; the value may be empty. */
bool http_header_read(str line, str *name, str *value, struct err *e);

/* Writes the URL with the password of its user replaced by ***. */
void http_mask_url(str url, struct buf *out);

#endif
