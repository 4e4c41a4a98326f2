/* Checks with a name each, and their regular expressions, which belong to one thread. */
#include "scenario/record_checks.h"

#include "base/mem.h"

struct record_checks {
    const struct check_list *list;
    regex_t *expressions;
    struct buf room;
};

struct record_checks *record_checks_open(const struct check_list *list)
{
    if (!list || list->n == 0)
        return NULL;
    struct record_checks *r = mem_zero(sizeof *r);
    r->list = list;
    r->expressions = mem_array(list->n_expressions, sizeof *r->expressions);
    for (unsigned i = 0; i < list->n; i++) /* they are known to be good */
        if (list->checks[i].kind == CHECK_MATCHES)
            regcomp(&r->expressions[list->checks[i].number], list->checks[i].text.p,
                    REG_EXTENDED | REG_NOSUB);
    return r;
}

void record_checks_close(struct record_checks *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < r->list->n_expressions; i++)
        regfree(&r->expressions[i]);
    mem_free(r->expressions);
    buf_free(&r->room);
    mem_free(r);
}

static void fail(struct host *host, struct call *call, const struct check *c)
{
    struct outcome *o = call->outcome;
    if (o->fate != FATE_OK)
        return;
    o->fate = FATE_FAILED_CHECK;
    o->cause = c->name->text.p;
    host->table->failing(host, call);
}

void record_checks_make(struct record_checks *r, struct host *host,
                        const struct prepared_call *what, struct call *call, str sent)
{
    const struct numbered_series of = {what->series, what->series_number};
    const struct checked reply = {
        .outcome = call->outcome, .status = 200, .is_record = true, .sent = sent};
    if (call->outcome->fate != FATE_OK)
        return; /* what did not come is not checked */
    for (unsigned i = 0; i < r->list->n; i++) {
        const struct check *c = &r->list->checks[i];
        const regex_t *expression = c->kind == CHECK_MATCHES ? &r->expressions[c->number] : NULL;
        bool passed = check_passes(c, &reply, expression, &r->room);
        host->table->check(host, of, c->name->text, passed, call->due_ns);
        if (!passed)
            fail(host, call, c);
    }
}
