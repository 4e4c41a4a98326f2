/* From records and a load to a run. */
#include "cli/records_run.h"

#include "cli/sinks.h"

enum { EMBEDDED_PARTITIONS = 6 };

bool records_run_embed(struct records_run *r, str *brokers, const char *const *topics, unsigned n,
                       struct err *e)
{
    if (!str_eq(*brokers, STR("embedded")))
        return true;
    r->embedded = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, e);
    if (!r->embedded)
        return false;
    *brokers = str_from(kafka_embedded_address(r->embedded));
    for (unsigned i = 0; i < n; i++)
        if (!kafka_embedded_topic(r->embedded, str_from(topics[i]), EMBEDDED_PARTITIONS, e))
            return false;
    return true;
}

void records_run_scenario(struct records_run *r, const char *topic, const char *type,
                          const struct protocol *protocol, const void *config)
{
    r->tags[0] = (struct tag){STR("protocol"), STR("kafka")};
    r->tags[1] = (struct tag){STR("topic"), str_from(topic)};
    r->tags[2] = (struct tag){STR("type"), str_from(type)};
    r->series = (struct series){.name = str_from(topic), .tags = r->tags, .n_tags = 3};
    r->call = (struct prepared_call){.series = &r->series};
    r->records.call = &r->call;
    r->client = (struct client_spec){.protocol = protocol, .config = config};
    r->scenario = (struct scenario){.type = &records_scenario, .program = &r->records};
    r->load.scenario = &r->scenario;
}

void records_run_plan(struct records_run *r, const char *command, uint64_t id, uint64_t cap,
                      const struct run_words *words)
{
    r->plan = (struct plan){
        .command = command,
        .id = id,
        .loads = &r->load,
        .n_loads = 1,
        .clients = &r->client,
        .n_clients = 1,
        .seed = r->load.seed,
        .scripted = r->records.checks != NULL,
        .threads = load_plan_threads(r->args, &r->habits, &r->load, cap),
    };
    r->info.plan = &r->plan;
    r->info.words = words;
}

bool records_run_outputs(struct records_run *r, struct sink *first, struct err *e)
{
    bool good = outputs_open(&r->outputs, r->args, NULL, &r->arena, &r->plan, e);
    if (good && first)
        sinks_put_first(&r->outputs.sinks, first);
    else if (first)
        first->table->close(first);
    return good;
}

int records_run_go(struct records_run *r, struct err *e)
{
    return outputs_run(&r->outputs, &r->plan, &r->info, e);
}

void records_run_free(struct records_run *r)
{
    if (r->embedded)
        kafka_embedded_close(r->embedded);
    arena_free(&r->arena);
}
