/* weir-responder: an application that answers requests over Kafka, to try weir on. It echoes, is
 * wrong in exact shares when asked to, and says at the end what it did. The life of one request is
 * responder.c: answer.c makes its reply, faults.c says what is wrong with it, hold.c keeps it back,
 * sender.c sends it. */
#include "base/log.h"
#include "responder/responder.h"

int main(int argc, char **argv)
{
    struct responder_options o = {0};
    struct err e = {0};
    bool help = false;
    log_name("weir-responder");
    bool good =
        responder_options_read(&o, argc, argv, &help, &e) && (help || responder_run(&o, &e));
    responder_options_free(&o);
    if (good)
        return 0;
    log_note("%s", e.text);
    return e.kind == ERR_USAGE ? 2 : 1;
}
