/* report/web_page.h: the page as it was built from web/: one HTML file, zero-terminated, with its
 * script and style inside. Empty in a weir that was built without npm. */
#ifndef WEIR_REPORT_WEB_PAGE_H
#define WEIR_REPORT_WEB_PAGE_H

extern const char web_page[];

/* Where the data go: what stands for them in the page (once). Left there, the page asks the server
 * that it came from. */
#define WEB_PAGE_DATA "@WEIR_DATA@"

#endif
