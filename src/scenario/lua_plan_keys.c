/* The keys of weir.scenario and weir.plan. */
#include "scenario/lua_api.h"

#include <stddef.h>

static const struct lua_api_entry scenario_entries[] = {
    {"name", NULL, "string?", "what it is called; in a plan each has a name"},
    {"load", NULL, "string|weir.Stage|weir.Stage[]|nil",
     "\"0..100 over 5s, 100 for 10s\", or stages; none: one user, once"},
    {"start", NULL, "string|number|nil", "how long after the start of the run its load begins"},
    {"user", NULL, "weir.Mix|fun(vu: weir.User, data: any)", "what a user does in an iteration"},
    {"on_start", NULL, "fun(vu: weir.User, data: any)|nil", "once per user, before its first"},
    {"on_stop", NULL, "fun(vu: weir.User, data: any)|nil", "once per user, at the end"},
    {"users", NULL, "\"reused\"|\"fresh\"|nil", "fresh: a new user for each iteration"},
    {"max_in_flight", NULL, "integer?", "how many iterations at most at once"},
    {"overload", NULL, "\"queue\"|\"skip\"|nil", "what happens to those beyond it; else queue"},
    {"timeout", NULL, "string|number|nil", "of a call; else 10 s"},
    {"drain", NULL, "string|number|nil", "how long the end waits for what is in flight"},
    {"warmup", NULL, "string|number|nil", "at the beginning, not measured"},
    {"log", NULL, "boolean?", "each call as a line on standard output"},
    {"tags", NULL, "table<string, string>?", "of all its series"},
    {.name = NULL},
};

static const struct lua_api_entry run_entries[] = {
    {"setup", NULL, "(fun(): any)?", "once, before the run; its table goes to every user as data"},
    {"teardown", NULL, "fun(data: any)|nil", "once, after the run"},
    {"thresholds", NULL, "string[]?", "\"response_time.p99 < 250ms\"; weir help metrics"},
    {"watch", NULL, "weir.Lag[]?",
     "consumer groups whose lag is measured each second: { kafka:lag { … } }"},
    {.name = NULL},
};

static const char *const later[] = {"at", NULL};

const struct table_keys lua_scenario_keys = {
    .what = "weir.scenario",
    .known = scenario_entries,
    .also = run_entries,
    .later = later,
    .class = "weir.Scenario",
    .help = "what users do, and with what load",
};

const struct table_keys lua_plan_keys = {
    .what = "weir.plan",
    .known = run_entries,
    .later = later,
    .items = 1000,
    .item = "weir.Scenario",
    .class = "weir.Plan",
    .help = "scenarios that run together, and what holds for all of them",
};

const struct table_keys lua_part_keys = {
    .what = "weir.scenario in a plan",
    .known = scenario_entries,
    .later = later,
};
