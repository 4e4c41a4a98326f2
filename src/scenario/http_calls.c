/* Compiling: the head is prepared with its placeholders in it, then cut at them; the body likewise.
 */
#include "scenario/http_calls.h"

#include <string.h>

#include "scenario/http_compiled.h"

/* What compiling needs at hand; the lock is held. */
struct compiler {
    struct program *program;
    struct http_client_definition *client;
    const struct http_call_parts *parts;
    struct http_call_definition *out;
    struct http_url url;
    struct err *e;
};

/* ---- where it goes ---- */

/* "http://…" or "unix:…"; "/go?to=http://…" is none. */
static bool is_absolute(str url)
{
    str scheme, rest;
    return str_starts(url, STR("unix:")) ||
           (str_cut_at(url, STR("://"), &scheme, &rest) && http_is_token(scheme));
}

static void add_literal(struct buf *out, str literal)
{
    struct buf plain = {0};
    template_literal_add(literal, &plain);
    http_percent_add(out, buf_view(&plain), HTTP_UNRESERVED);
    buf_free(&plain);
}

/* Literals percent-encoded, placeholders as they are. */
static bool add_encoded(struct buf *out, str text, struct err *e)
{
    struct template_piece piece;
    *e = (struct err){0};
    while (template_next(&text, &piece, e)) {
        add_literal(out, piece.literal);
        buf_str(out, piece.placeholder);
    }
    return e->kind == ERR_NONE;
}

static bool add_pairs(struct buf *out, const struct text_pairs *pairs, char first, struct err *e)
{
    for (size_t i = 0; i < pairs->n; i++) {
        if (i || first)
            buf_char(out, i ? '&' : first);
        http_percent_add(out, pairs->list[i].name, HTTP_UNRESERVED);
        buf_char(out, '=');
        if (!add_encoded(out, pairs->list[i].value, e))
            return false;
    }
    return true;
}

/* The base, up to where the path is added to it. */
static void write_base(const struct compiler *c, struct buf *out)
{
    str url = c->parts->url, base = c->client->base, before, path;
    if (str_ends(base, STR("/")))
        base.n--;
    buf_str(out, base);
    if (str_cut_at(base, STR("unix:/"), &before, &path) && !memchr(path.p, ':', path.n))
        buf_char(out, ':'); /* a socket alone */
    if (!str_starts(url, STR("/")) && !str_starts(url, STR("?")))
        buf_char(out, '/');
}

static bool write_url(struct compiler *c, struct buf *out)
{
    str url = c->parts->url, base = c->client->base;
    if (!is_absolute(url) && base.n == 0)
        return err_set(c->e, ERR_USAGE,
                       "'" STR_FMT "' is a path, and the client has no base: weir.http { base = "
                       "\"http://127.0.0.1:8081\" }",
                       STR_ARG(url));
    if (!is_absolute(url))
        write_base(c, out);
    buf_str(out, url);
    char first = memchr(out->p, '?', out->n) ? '&' : '?';
    return add_pairs(out, &c->parts->query, first, c->e);
}

/* A URL whose host is a placeholder, which no URL can have. */
static bool host_is_known(str url, struct err *e)
{
    str scheme, rest, path;
    if (!str_cut_at(url, STR("://"), &scheme, &rest))
        rest = url;
    str_cut(rest, '/', &rest, &path);
    str_cut(rest, '?', &rest, &path);
    if (!str_contains(rest, STR("${")))
        return true;
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "': the host must be known when the file is read, so that weir can "
                   "connect before the load begins",
                   STR_ARG(rest));
}

static bool read_url(struct compiler *c)
{
    struct buf text = {0};
    bool good = write_url(c, &text) && host_is_known(buf_view(&text), c->e) &&
                http_url_parse(buf_view(&text), &c->program->arena, &c->url, c->e);
    buf_free(&text);
    return good;
}

/* The place of its server in the config, made while the file is read. */
static void choose_origin(struct compiler *c)
{
    struct http_config *config = &c->client->config;
    struct http_definition *d = &c->out->definition;
    for (unsigned i = 0; i < config->n_origins; i++)
        if (http_url_same_origin(&config->origins[i].url, &c->url)) {
            d->origin = i;
            return;
        }
    struct http_url *url = arena_alloc(&c->program->arena, sizeof *url);
    *url = c->url;
    if (c->program->sealed) {
        d->elsewhere = url;
        return;
    }
    struct http_origin *more =
        arena_alloc(&c->program->arena, (config->n_origins + 1) * sizeof *more);
    if (config->n_origins)
        memcpy(more, config->origins, config->n_origins * sizeof *more);
    more[config->n_origins] = (struct http_origin){.url = c->url};
    config->origins = more;
    d->origin = config->n_origins++;
}

/* TLS takes long to set up: whether there may be any is known when the file has been read. */
static bool settle_tls(struct compiler *c)
{
    bool *may_need = &c->client->config.may_need_tls;
    bool needs = c->url.tls || c->parts->follow > 0;
    if (needs && c->program->sealed && !*may_need)
        return err_set(c->e, ERR_USAGE,
                       "a call with https or follow must be made at the top level of the file");
    if (!c->program->sealed)
        *may_need = *may_need || needs;
    return true;
}

/* ---- what is sent ---- */

static const struct text_pair *find_pair(const struct text_pairs *pairs, str name)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (str_eq_nocase(pairs->list[i].name, name))
            return &pairs->list[i];
    return NULL;
}

/* The client's headers, those of the call in place of the ones of the same name, and the type of
 * the body where nobody says it. */
static size_t join_headers(const struct compiler *c, struct http_header *out)
{
    const struct http_call_parts *p = c->parts;
    size_t n = 0;
    for (size_t i = 0; i < c->client->headers.n; i++) {
        const struct text_pair *h = &c->client->headers.list[i];
        if (!find_pair(&p->headers, h->name))
            out[n++] = (struct http_header){h->name, h->value};
    }
    for (size_t i = 0; i < p->headers.n; i++)
        out[n++] = (struct http_header){p->headers.list[i].name, p->headers.list[i].value};
    bool typed = find_pair(&p->headers, STR("Content-Type")) ||
                 find_pair(&c->client->headers, STR("Content-Type"));
    if (p->body_kind == HTTP_CALL_JSON && !typed)
        out[n++] = (struct http_header){STR("Content-Type"), STR("application/json")};
    if (p->body_kind == HTTP_CALL_FORM && !typed)
        out[n++] =
            (struct http_header){STR("Content-Type"), STR("application/x-www-form-urlencoded")};
    return n;
}

static bool has_body(str method)
{
    return str_eq(method, STR("POST")) || str_eq(method, STR("PUT")) ||
           str_eq(method, STR("PATCH"));
}

static bool compile_body(struct compiler *c)
{
    const struct http_call_parts *p = c->parts;
    struct buf form = {0};
    bool good = p->body_kind != HTTP_CALL_FORM || add_pairs(&form, &p->form, 0, c->e);
    str text = p->body_kind == HTTP_CALL_FORM ? buf_view(&form) : p->body;
    enum template_escape escape = p->body_kind == HTTP_CALL_FORM   ? ESCAPE_URL
                                  : p->body_kind == HTTP_CALL_JSON ? ESCAPE_JSON_STRING
                                                                   : ESCAPE_NONE;
    good = good && template_compile(text, escape, &c->program->names, &c->program->arena,
                                    &c->out->body, c->e);
    buf_free(&form);
    c->out->open_body = p->body_kind == HTTP_CALL_OPEN && has_body(p->method);
    return good;
}

/* Cuts the prepared head at its target and compiles the pieces. */
static bool compile_head(struct compiler *c, str head)
{
    struct http_request_head read;
    struct arena *arena = &c->program->arena;
    struct template *line = c->out->line;
    if (!http_request_head_read(head, &read))
        return err_set(c->e, ERR_USAGE, "the request line cannot be made of '" STR_FMT "'",
                       STR_ARG(c->parts->url));
    size_t at = (size_t)(read.target.p - head.p), behind = at + read.target.n;
    struct names *names = &c->program->names;
    return template_compile((str){head.p, at}, ESCAPE_NONE, names, arena, &line[0], c->e) &&
           template_compile(read.target, ESCAPE_URL, names, arena, &line[1], c->e) &&
           template_compile(str_skip(head, behind), ESCAPE_HEADER, names, arena, &line[2], c->e);
}

static bool is_constant(const struct http_call_definition *d)
{
    for (int i = 0; i < 3; i++)
        if (!template_is_constant(&d->line[i]))
            return false;
    return template_is_constant(&d->body) && !d->open_body;
}

/* The same each time: what its templates are, `$${` as `${`. */
static struct http_prepared join_constant(const struct http_call_definition *d, struct arena *arena)
{
    struct buf bytes = {0};
    for (int i = 0; i < 3; i++)
        buf_str(&bytes, template_constant(&d->line[i]));
    size_t head_n = bytes.n;
    buf_str(&bytes, template_constant(&d->body));
    str kept = arena_dup(arena, buf_view(&bytes));
    buf_free(&bytes);
    return (struct http_prepared){kept, head_n, d->is_head, d->closes};
}

static bool compile_request(struct compiler *c)
{
    struct http_call_definition *d = c->out;
    struct http_prepared prepared;
    struct http_header *headers = arena_alloc(
        &c->program->arena, (c->client->headers.n + c->parts->headers.n + 1) * sizeof *headers);
    if (!compile_body(c))
        return false;
    str body = template_is_constant(&d->body) ? template_constant(&d->body) : STR("");
    struct http_request request = {
        .method = c->parts->method,
        .url = &c->url,
        .headers = headers,
        .header_count = join_headers(c, headers),
        .credentials = c->client->credentials,
        .body = body,
        .length_later = d->open_body || !template_is_constant(&d->body),
    };
    d->open_headers = !c->parts->has_headers;
    if (!http_request_prepare(&request, &c->program->arena, &prepared, c->e) ||
        !compile_head(c, (str){prepared.bytes.p, prepared.head_n}))
        return false;
    d->is_head = prepared.is_head;
    d->closes = prepared.closes;
    d->is_constant = is_constant(d);
    if (d->is_constant)
        d->constant = (struct http_message){&d->definition, join_constant(d, &c->program->arena)};
    return true;
}

/* ---- the definition ---- */

static str path_of(str url)
{
    str before, rest;
    if (!is_absolute(url) || !str_cut_at(url, STR("://"), &before, &rest))
        return url;
    const char *slash = memchr(rest.p, '/', rest.n);
    return slash ? str_skip(rest, (size_t)(slash - rest.p)) : STR("/");
}

static const uint16_t *keep_statuses(struct arena *arena, const uint16_t *list, unsigned n)
{
    uint16_t *kept = arena_alloc(arena, n * sizeof *kept);
    if (n)
        memcpy(kept, list, n * sizeof *kept);
    return list ? kept : NULL;
}

static struct call_definition *define(void *compiler)
{
    struct compiler *c = compiler;
    const struct http_call_parts *p = c->parts;
    struct arena *arena = &c->program->arena;
    static const struct tag tags[] = {{{"protocol", 8}, {"http", 4}}};
    struct http_call_definition *d = arena_alloc(arena, sizeof *d);
    c->out = d;
    d->definition.expect = keep_statuses(arena, p->expect, p->n_expect);
    d->definition.n_expect = p->n_expect;
    d->definition.follow = p->follow;
    if (!read_url(c) || !settle_tls(c) || !compile_request(c))
        return NULL;
    choose_origin(c);
    d->call = (struct call_definition){
        .kind = &http_kind,
        .client = &c->client->client,
        .name = p->name.n ? arena_dup(arena, p->name)
                          : arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(p->method),
                                         STR_ARG(path_of(p->url))),
        .tags = program_tags(c->program, tags, 1, &p->tags),
        .n_tags = (unsigned)p->tags.n + 1,
        .timeout_ns = p->timeout_ns,
        .checks = checks_keep(&p->checks, &c->program->names, arena),
    };
    return &d->call;
}

struct call_definition *http_call_define(struct program *p, struct http_client_definition *client,
                                         const struct http_call_parts *parts, struct err *e)
{
    struct compiler c = {.program = p, .client = client, .parts = parts, .e = e};
    return program_define(p, parts->key, define, &c, e);
}
