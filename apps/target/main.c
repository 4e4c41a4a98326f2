/* weir-target: an HTTP server to try weir on. It counts exactly, says when requests arrived, and is
 * slow, wrong or frozen when asked to. server.c is where to read on; the life of one request is
 * connection.c: request.c reads its head, routes.c and faults.c plan the answer, reply.c and
 * stream.c write it. */
#include "base/log.h"
#include "target/server.h"

int main(int argc, char **argv)
{
    struct target_options o = {0};
    struct err e = {0};
    bool help = false;
    log_name("weir-target");
    bool good = options_read(&o, argc, argv, &help, &e) && (help || server_run(&o, &e));
    options_free(&o);
    if (good)
        return 0;
    log_note("%s", e.text);
    return e.kind == ERR_USAGE ? 2 : 1;
}
