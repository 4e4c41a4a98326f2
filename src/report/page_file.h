/* report/page_file.h: the page as a file for a browser, which needs no network: its script with
 * data inside (docs/page.md). */
#ifndef WEIR_REPORT_PAGE_FILE_H
#define WEIR_REPORT_PAGE_FILE_H

#include "report/output.h"

/* False with a sentence: this weir was built without the page. */
bool page_file_is_there(struct err *e);

/* The page with this JSON in it. Only where it is there. */
bool page_file_write(struct output *o, str json, struct err *e);

#endif
