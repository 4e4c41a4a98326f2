/* What an audit found, in the summary as JSON: by producer and partition, with the first offenders.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "proto/kafka_stamp.h"
#include "report/json_parts.h"

static void put_offset(struct json_out *j, str key, int64_t offset)
{
    put_number(j, key, offset < 0 ? (double)NAN : (double)offset);
}

static void put_producer(struct json_out *j, const struct audit_producer *p)
{
    char run[20];
    snprintf(run, sizeof run, "%016" PRIx64, p->run); /* as run.id */
    put_text(j, STR("run"), run);
    put_count(j, STR("driver"), p->driver);
    put_count(j, STR("worker"), p->worker & ~(unsigned)KAFKA_STAMP_ABORTED);
    if (p->worker & KAFKA_STAMP_ABORTED)
        put_truth(j, STR("aborted"), true);
}

static void add_partitions(struct json_out *j, const struct audit *a)
{
    put_array(j, STR("partitions"));
    for (unsigned i = 0; i < a->n_partitions; i++) {
        const struct audit_reading *r = &a->partitions[i];
        json_out_line(j);
        json_out_object(j);
        put_count(j, STR("partition"), i);
        put_offset(j, STR("start"), r->start);
        put_offset(j, STR("next"), r->next);
        put_offset(j, STR("end"), r->end);
        put_truth(j, STR("read"), r->read);
        put_truth(j, STR("from_zero"), r->from_zero);
        put_truth(j, STR("to_end"), r->to_end);
        json_out_end(j);
    }
    json_out_end(j);
}

static void add_lanes(struct json_out *j, const struct audit_source *s)
{
    put_array(j, STR("partitions"));
    for (unsigned i = 0; i < s->n_lanes; i++) {
        const struct audit_lane *l = &s->lanes[i];
        if (l->records[RECORD_FIRST] + l->records[RECORD_DUPLICATE] == 0)
            continue;
        json_out_object(j);
        put_count(j, STR("partition"), i);
        put_count(j, STR("first"), l->records[RECORD_FIRST]);
        put_count(j, STR("duplicate"), l->records[RECORD_DUPLICATE]);
        put_count(j, STR("reordered"), l->reordered);
        put_count(j, STR("begun"), l->begun);
        put_count(j, STR("highest"), l->highest);
        json_out_end(j);
    }
    json_out_end(j);
}

static void add_gaps(struct json_out *j, const struct audit_source *s)
{
    put_array(j, STR("first_lost"));
    for (unsigned i = 0; i < s->gaps && i < AUDIT_GAPS; i++) {
        json_out_array(j);
        json_out_count(j, s->first[i].first);
        json_out_count(j, s->first[i].last);
        json_out_end(j);
    }
    json_out_end(j);
}

static void add_producers(struct json_out *j, const struct audit *a)
{
    put_array(j, STR("producers"));
    for (size_t i = 0; i < a->n; i++) {
        const struct audit_source *s = a->sources[i];
        json_out_line(j);
        json_out_object(j);
        put_producer(j, &s->producer);
        put_count(j, STR("first"), s->seen.count);
        put_count(j, STR("highest"), s->seen.highest);
        put_count(j, STR("lost"), s->lost);
        put_count(j, STR("gaps"), s->gaps);
        put_count(j, STR("unread"), s->unread);
        add_gaps(j, s);
        add_lanes(j, s);
        json_out_end(j);
    }
    json_out_end(j);
}

static void add_offender(struct json_out *j, enum audit_offence kind,
                         const struct audit_offender *o)
{
    static const char *const names[OFFENCES] = {
        [OFFENCE_DUPLICATE] = "duplicate",
        [OFFENCE_REORDERED] = "reordered",
        [OFFENCE_CORRUPT] = "corrupt",
        [OFFENCE_FOREIGN] = "foreign",
    };
    json_out_line(j);
    json_out_object(j);
    put_text(j, STR("kind"), names[kind]);
    put_count(j, STR("partition"), o->partition);
    put_offset(j, STR("offset"), o->offset);
    if (kind == OFFENCE_DUPLICATE || kind == OFFENCE_REORDERED) {
        put_count(j, STR("number"), o->number);
        put_producer(j, &o->producer);
    }
    json_out_end(j);
}

void json_put_audit(struct json_out *j, const struct audit *a)
{
    put_object(j, STR("audit"));
    put_count(j, STR("lost"), a->lost);
    put_count(j, STR("gaps"), a->gaps);
    put_count(j, STR("unread"), a->unread);
    put_count(j, STR("reordered"), a->reordered);
    put_count(j, STR("memory_bytes"), audit_bytes(a));
    add_partitions(j, a);
    add_producers(j, a);
    put_array(j, STR("offenders"));
    for (int i = 0; i < OFFENCES; i++)
        for (unsigned k = 0; k < a->offenders[i].n; k++)
            add_offender(j, (enum audit_offence)i, &a->offenders[i].list[k]);
    json_out_end(j);
    json_out_end(j);
}
