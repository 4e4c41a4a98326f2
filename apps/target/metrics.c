/* The counters as text. */
#include "target/metrics.h"

#include <inttypes.h>

void metrics_json(const struct metrics *m, struct buf *out)
{
    buf_printf(out, "{\"requests\":%" PRIu64 ",\"responses\":%" PRIu64 "}\n", m->requests,
               m->responses);
}

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP weir_target_%s %s\n# TYPE weir_target_%s %s\n", name, help, name, type);
}

static void single(struct buf *out, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    family(out, name, type, help);
    buf_printf(out, "weir_target_%s %" PRIu64 "\n", name, value);
}

void metrics_prometheus(const struct metrics *m, struct buf *out)
{
    single(out, "requests_total", "counter", "Requests received.", m->requests);
    single(out, "responses_total", "counter", "Responses sent.", m->responses);
    family(out, "responses_by_status_total", "counter", "Responses sent, by status.");
    for (unsigned i = 0; i < STATUSES; i++)
        if (m->by_status[i])
            buf_printf(out, "weir_target_responses_by_status_total{status=\"%u\"} %" PRIu64 "\n", i,
                       m->by_status[i]);
    single(out, "refused_total", "counter", "Requests that were no HTTP or beyond a limit.",
           m->refused);
    single(out, "request_body_bytes_total", "counter", "Bytes of request bodies received.",
           m->body_bytes);
    single(out, "connections_total", "counter", "Connections accepted.", m->connections);
    single(out, "open_connections", "gauge", "Connections open now.", m->open);
}
