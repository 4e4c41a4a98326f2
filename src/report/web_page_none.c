/* A weir that was built without npm has no page. */
#include "report/web_page.h"

const char web_page[] = "";
