/* Questions about groups, by librdkafka's admin calls: one at a time, each on a queue of its own.
 */
#include "proto/kafka_asking.h"

#include <string.h>

#include "base/clock.h"
#include "proto/kafka_error.h"
#include "proto/kafka_mock.h"

enum { GROUPS_MOST = 100 }; /* that are looked into for the same topics */

/* An admin call in progress. */
struct question {
    rd_kafka_AdminOptions_t *options;
    rd_kafka_queue_t *queue;
    int timeout_ms;
};

static struct question begin(struct kafka_lag *l, rd_kafka_admin_op_t kind)
{
    char why[200];
    struct question q = {.options = rd_kafka_AdminOptions_new(l->reach.rk, kind),
                         .queue = rd_kafka_queue_new(l->reach.rk),
                         .timeout_ms = (int)(l->reach.timeout_ns / NS_PER_MS)};
    rd_kafka_AdminOptions_set_request_timeout(q.options, q.timeout_ms, why, sizeof why);
    return q;
}

/* The answer, the caller's; NULL: none, or an error, which is in *code. */
static rd_kafka_event_t *answer(struct question *q, rd_kafka_resp_err_t *code)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(q->queue, 2 * q->timeout_ms);
    *code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_AdminOptions_destroy(q->options);
    rd_kafka_queue_destroy(q->queue);
    if (event && *code) {
        rd_kafka_event_destroy(event);
        event = NULL;
    }
    return event;
}

/* ---- what a group has committed ---- */

static rd_kafka_topic_partition_list_t *copy_of(rd_kafka_event_t *event, rd_kafka_resp_err_t *code)
{
    size_t n;
    const rd_kafka_ListConsumerGroupOffsets_result_t *result =
        rd_kafka_event_ListConsumerGroupOffsets_result(event);
    const rd_kafka_group_result_t **groups =
        rd_kafka_ListConsumerGroupOffsets_result_groups(result, &n);
    const rd_kafka_error_t *error = n ? rd_kafka_group_result_error(groups[0]) : NULL;
    const rd_kafka_topic_partition_list_t *list =
        n ? rd_kafka_group_result_partitions(groups[0]) : NULL;
    *code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (*code)
        return NULL;
    return list ? rd_kafka_topic_partition_list_copy(list) : rd_kafka_topic_partition_list_new(0);
}

static rd_kafka_topic_partition_list_t *committed(struct kafka_lag *l, const char *group,
                                                  const rd_kafka_topic_partition_list_t *wanted,
                                                  rd_kafka_resp_err_t *code)
{
    struct question q = begin(l, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    rd_kafka_ListConsumerGroupOffsets_t *what =
        rd_kafka_ListConsumerGroupOffsets_new(group, wanted);
    rd_kafka_ListConsumerGroupOffsets(l->reach.rk, &what, 1, q.options, q.queue);
    rd_kafka_event_t *event = answer(&q, code);
    rd_kafka_ListConsumerGroupOffsets_destroy(what);
    if (!event)
        return NULL;
    rd_kafka_topic_partition_list_t *list = copy_of(event, code);
    rd_kafka_event_destroy(event);
    return list;
}

/* False with a sentence. */
static bool can_ask(struct kafka_lag *l, const rd_kafka_topic_partition_list_t *wanted,
                    struct err *e)
{
    return wanted || !kafka_mock_answers(l->reach.rk) ||
           err_set(e, ERR_RUN,
                   "these brokers do not say for which topics a group has committed (the embedded "
                   "one does not): -t TOPIC says which");
}

static void no_answer(const char *group, rd_kafka_resp_err_t code, struct err *e)
{
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        err_set(e, ERR_RUN, "no permission to look at group '%s': %s", group,
                kafka_error_cause(code));
    else
        err_set(e, ERR_RUN, "cannot read where group '%s' stands: %s", group,
                kafka_error_cause(code));
}

rd_kafka_topic_partition_list_t *
kafka_asking_committed(struct kafka_lag *l, const char *group,
                       const rd_kafka_topic_partition_list_t *wanted, struct err *e)
{
    rd_kafka_resp_err_t code;
    if (!can_ask(l, wanted, e))
        return NULL;
    rd_kafka_topic_partition_list_t *list = committed(l, group, wanted, &code);
    if (!list)
        no_answer(group, code, e);
    return list;
}

/* ---- its members ---- */

static void describe(struct kafka_lag *l, struct kafka_lag_group *out)
{
    rd_kafka_resp_err_t code;
    size_t n;
    struct question q = begin(l, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    const char *group = l->group;
    rd_kafka_DescribeConsumerGroups(l->reach.rk, &group, 1, q.options, q.queue);
    rd_kafka_event_t *event = answer(&q, &code);
    if (!event)
        return;
    const rd_kafka_ConsumerGroupDescription_t **found =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event), &n);
    const rd_kafka_error_t *error = n ? rd_kafka_ConsumerGroupDescription_error(found[0]) : NULL;
    if (n && !rd_kafka_error_code(error)) {
        out->known = true;
        out->members = (unsigned)rd_kafka_ConsumerGroupDescription_member_count(found[0]);
        out->state =
            rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(found[0]));
    }
    rd_kafka_event_destroy(event);
}

/* ---- other groups ---- */

static bool is_ours(const struct kafka_lag *l, const char *topic)
{
    for (size_t i = 0; i < l->n_topics; i++)
        if (strcmp(rd_kafka_topic_name(l->topics[i]), topic) == 0)
            return true;
    return false;
}

static bool has_committed_for_ours(struct kafka_lag *l, const char *group)
{
    rd_kafka_resp_err_t code;
    bool found = false;
    rd_kafka_topic_partition_list_t *list = committed(l, group, NULL, &code);
    for (int i = 0; list && i < list->cnt && !found; i++)
        found = list->elems[i].offset >= 0 && is_ours(l, list->elems[i].topic);
    if (list)
        rd_kafka_topic_partition_list_destroy(list);
    return found;
}

static void find_others(struct kafka_lag *l, struct arena *arena, struct kafka_lag_group *out)
{
    rd_kafka_resp_err_t code;
    size_t n;
    struct question q = begin(l, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
    rd_kafka_ListConsumerGroups(l->reach.rk, q.options, q.queue);
    rd_kafka_event_t *event = answer(&q, &code);
    if (!event)
        return;
    const rd_kafka_ConsumerGroupListing_t **list = rd_kafka_ListConsumerGroups_result_valid(
        rd_kafka_event_ListConsumerGroups_result(event), &n);
    n = n < GROUPS_MOST ? n : GROUPS_MOST;
    out->others = arena_alloc(arena, (n + 1) * sizeof *out->others);
    for (size_t i = 0; i < n; i++) {
        const char *name = rd_kafka_ConsumerGroupListing_group_id(list[i]);
        if (strcmp(name, l->group) != 0 && has_committed_for_ours(l, name))
            out->others[out->n_others++] = arena_dup(arena, str_from(name));
    }
    rd_kafka_event_destroy(event);
}

void kafka_lag_group(struct kafka_lag *l, struct arena *arena, struct kafka_lag_group *out)
{
    *out = (struct kafka_lag_group){.state = "unknown"};
    if (!kafka_mock_answers(l->reach.rk)) /* librdkafka 2.0.2 hangs where it cannot be asked */
        describe(l, out);
    if (out->known)
        find_others(l, arena, out);
}
