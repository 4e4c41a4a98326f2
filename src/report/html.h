/* report/html.h: the report for people as one file (--html): the page with its data packed inside,
 * which needs no network. */
#ifndef WEIR_REPORT_HTML_H
#define WEIR_REPORT_HTML_H

#include "engine/sink.h"

/* Opens the file; path lives as long as the sink. NULL with a sentence; also when this weir was
 * built without the page. */
struct sink *html_sink(const char *path, struct err *e);

/* Before the run begins: a setting with its origin; fits args_walk. `sink` is html_sink's. */
void html_setting(void *sink, str name, str value, str origin);

#endif
