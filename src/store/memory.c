/* Requests in memory alone: nothing is told to anybody. */
#include "store/inside.h"

const struct requests_kind requests_memory = {.name = "memory", .form = "memory"};
