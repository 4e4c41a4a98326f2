/* The backends of a build with io_uring, best first. */
#include "loop/backend.h"

const struct backend *const loop_backends[] = {&uring_backend, &epoll_backend, NULL};
