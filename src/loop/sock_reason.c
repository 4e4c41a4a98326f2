/* errno in the words that books and reports use. One text per cause, so that they can be counted by
 * pointer. */
#include <errno.h>
#include <string.h>

#include "loop/sock.h"

static const struct {
    int error;
    const char *words;
} reasons[] = {
    {ECONNREFUSED, "connection refused"},
    {ECONNRESET, "connection reset"},
    {EPIPE, "connection reset"},
    {ETIMEDOUT, "connection timed out"},
    {EHOSTUNREACH, "host unreachable"},
    {ENETUNREACH, "network unreachable"},
    {EMFILE, "no file descriptors left in this process (see ulimit -n)"},
    {ENFILE, "no file descriptors left on this machine"},
    {EADDRNOTAVAIL, "no local ports left for this address"},
    {EAGAIN, "connection refused (the listen queue is full)"},
    {ENOENT, "no such socket file"},
    {EACCES, "permission denied"},
    {ENOBUFS, "no socket buffers left"},
    {ENOMEM, "no memory left in the kernel"},
};

const char *sock_reason(int error)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].error == error)
            return reasons[i].words;
    const char *words = strerrordesc_np(error);
    return words ? words : "unknown error";
}
