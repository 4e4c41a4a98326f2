/* Heads of answers, and how their bodies begin. */
#include "target/reply.h"

#include <inttypes.h>

#include "target/faults.h"

enum { SLOW_PIECES = 10 };

static const struct phrase {
    uint16_t status;
    const char *words;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static const char *phrase(uint16_t status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status)
            return phrases[i].words;
    return "Status"; /* a word must not be there, but some clients want one */
}

static str content_type(const struct reply *r)
{
    switch ((enum answer_body)r->answer->body) {
    case ANSWER_FILLER:
        return STR("text/plain");
    case ANSWER_ECHO:
        return r->type;
    case ANSWER_METRICS:
        return r->answer->wants_json ? STR("application/json")
                                     : STR("text/plain; version=0.0.4; charset=utf-8");
    default:
        return STR("application/json");
    }
}

static uint64_t length(const struct reply *r)
{
    bool made = r->answer->body == ANSWER_PING || r->answer->body == ANSWER_FILLER;
    return made ? r->answer->size : r->text.n;
}

static void write_head(const struct reply *r, struct buf *out)
{
    const struct answer *a = r->answer;
    buf_printf(out, "HTTP/1.1 %u %s\r\n", a->status, phrase(a->status));
    if (a->body != ANSWER_NONE && content_type(r).n)
        buf_printf(out, "Content-Type: " STR_FMT "\r\n", STR_ARG(content_type(r)));
    if (a->chunked)
        buf_str(out, STR("Transfer-Encoding: chunked\r\n"));
    else if (a->body != ANSWER_NONE)
        buf_printf(out, "Content-Length: %" PRIu64 "\r\n", length(r));
    if (a->redirect > 1)
        buf_printf(out, "Location: /redirect/%u\r\n", a->redirect - 1);
    else if (a->redirect == 1)
        buf_str(out, STR("Location: /ping\r\n"));
    if (a->status == 405)
        buf_str(out, STR("Allow: POST\r\n"));
    if (r->close)
        buf_str(out, STR("Connection: close\r\n"));
    else if (r->keep_alive_10)
        buf_str(out, STR("Connection: keep-alive\r\n"));
    buf_str(out, STR("\r\n"));
}

/* The whole body, as it is still to be sent. */
static struct stream body_stream(const struct reply *r)
{
    const struct answer *a = r->answer;
    struct stream s = {.left = a->size, .piece = STREAM_PIECE, .chunked = a->chunked};
    if (a->chunked)
        s.piece = 1000; /* some chunks also for a small body */
    if (a->spread_ns) {
        s.piece = a->size / SLOW_PIECES + 1;
        if (s.piece > STREAM_PIECE)
            s.piece = STREAM_PIECE;
        s.pause_ns = a->spread_ns / ((a->size + s.piece - 1) / s.piece + (a->size == 0));
    }
    return s;
}

static void write_body(const struct reply *r, struct buf *out, struct stream *rest)
{
    const struct answer *a = r->answer;
    if (a->body == ANSWER_PING) {
        buf_str(out, STR("{\"message\":\"pong\"}"));
        *rest = body_stream(r);
        rest->left -= PING_SIZE;
        rest->spaces = true;
    } else if (a->body == ANSWER_FILLER) {
        *rest = body_stream(r);
        if (a->chunked && a->size == 0)
            buf_str(out, STR("0\r\n\r\n"));
    } else {
        buf_str(out, r->text);
    }
}

void reply_write(const struct reply *r, struct buf *out, struct stream *rest)
{
    *rest = (struct stream){0};
    write_head(r, out);
    if (!r->to_head && r->answer->body != ANSWER_NONE)
        write_body(r, out, rest);
}
