/* Waiting for stamps, by sending bytes to ourselves. */
#include "target/stamps.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { TRIES = 1000 }; /* a millisecond apart */

static bool ask(int fd)
{
    int one = 1;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) == 0;
}

static bool is_stamped(int from, int to)
{
    char byte = 'w', control[CMSG_SPACE(sizeof(struct timespec))];
    struct iovec iov = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    return send(from, &byte, 1, 0) == 1 && recvmsg(to, &m, 0) == 1 && CMSG_FIRSTHDR(&m);
}

static bool becomes_stamped(int from, int to)
{
    for (int i = 0; i < TRIES; i++) {
        if (is_stamped(from, to))
            return true;
        clock_sleep_until(clock_now_ns() + NS_PER_MS);
    }
    return false;
}

/* Two ends of a TCP connection over loopback; a socketpair would not do, as it is not stamped. */
static bool connect_ends(int ends[2])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *)&at, n) == 0 && listen(listening, 1) == 0 &&
        getsockname(listening, (struct sockaddr *)&at, &n) == 0 &&
        connect(ends[0], (struct sockaddr *)&at, n) == 0)
        ends[1] = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    close(listening);
    return ends[1] >= 0;
}

bool stamps_begin(int listening_fd)
{
    int ends[2] = {-1, -1};
    bool good = ask(listening_fd) && connect_ends(ends) && ask(ends[1]) &&
                becomes_stamped(ends[0], ends[1]);
    close(ends[0]);
    close(ends[1]);
    return good;
}
