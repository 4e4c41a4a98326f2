/* Delays, errors and sizes of answers. */
#include "target/faults.h"

#include "base/clock.h"
#include "base/units.h"
#include "target/routes.h"

#define WHOLE_PPB UINT64_C(1000000000)

/* "1%25" as URLs have it, too. */
static bool read_share(str text, uint64_t *ppb, struct err *e)
{
    if (str_ends(text, STR("%25")))
        text.n -= 2;
    return units_share(text, ppb, e);
}

static bool read_body_size(str text, uint64_t *bytes, struct err *e)
{
    uint64_t n;
    if (!units_size(text, &n, e))
        return false;
    if (n < PING_SIZE)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is less than the %d bytes of the shortest body",
                       STR_ARG(text), PING_SIZE);
    *bytes = n;
    return true;
}

bool fault_read(str name, str value, struct fault_values *v, struct err *e)
{
    if (str_eq(name, STR("delay")))
        return units_duration(value, &v->delay_ns, e);
    if (str_eq(name, STR("jitter")))
        return units_duration(value, &v->jitter_ns, e);
    if (str_eq(name, STR("error-rate")))
        return read_share(value, &v->error_ppb, e);
    if (str_eq(name, STR("body-size")))
        return read_body_size(value, &v->body_bytes, e);
    return true; /* somebody else's */
}

static bool read_query(str query, struct fault_values *v, struct err *e)
{
    str key, value;
    while (query_next(&query, &key, &value))
        if (!fault_read(key, value, v, e))
            return err_wrap(e, STR_FMT, STR_ARG(key));
    return true;
}

static uint64_t late_by(struct faults *f, const struct fault_values *v)
{
    if (v->jitter_ns == 0)
        return v->delay_ns;
    uint64_t most = v->delay_ns + rng_below(&f->rng, 2 * v->jitter_ns + 1);
    return most > v->jitter_ns ? most - v->jitter_ns : 0;
}

static bool fails(struct faults *f, uint64_t ppb)
{
    f->owed_ppb += ppb;
    if (f->owed_ppb < WHOLE_PPB)
        return false;
    f->owed_ppb -= WHOLE_PPB;
    return true;
}

void faults_apply(struct faults *f, str query, struct answer *a, struct buf *text)
{
    struct fault_values v = f->flags;
    struct err e;
    if (query.n && !read_query(query, &v, &e)) {
        text->n = 0;
        *a = route_error(400, e.text, text);
        return;
    }
    if (fails(f, v.error_ppb)) {
        text->n = 0;
        *a = route_error(500, "an error, as asked for by error-rate", text);
    }
    if (a->body == ANSWER_PING)
        a->size = v.body_bytes;
    a->delay_ns = late_by(f, &v);
}
