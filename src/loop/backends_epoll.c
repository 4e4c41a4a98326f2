/* The backends of a build without io_uring. */
#include "loop/backend.h"

const struct backend *const loop_backends[] = {&epoll_backend, NULL};
