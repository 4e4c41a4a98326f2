-- The Locust experiment: two tasks of equal weight send to one topic, one without a key, one with
-- the constant key "key"; a user waits TASK_DELAY ms between its tasks. No task waits for its
-- acknowledgement: the books wait for all of them.
--   weir run examples/locust_kafka.lua                            on a broker in this process
--   weir run examples/locust_kafka.lua -e KAFKA_BROKERS=127.0.0.1:9092 -e OUTPUT_TOPIC=test-topic
--   weir run examples/locust_kafka.lua --log - --log-style locust each record as Locust logs it
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS", "embedded") }
local topic = weir.env("OUTPUT_TOPIC", "test-topic")
local delay = weir.env("TASK_DELAY", 100) / 1000
local quiet = weir.env("QUIET_MODE", "true"):lower()

local plain = kafka:send { topic = topic, wait = "none" }
local keyed = kafka:send { topic = topic, wait = "none", key = "key" }

local letters = {}
for c = string.byte("A"), string.byte("Z") do letters[#letters + 1] = string.char(c) end
local filler = string.rep("kafka", 26)

-- "<epoch ms>:kafkakafka…", 32 to 128 characters of it
local function timed()
  return string.format("%.0f:%s", weir.now() * 1000, filler:sub(1, weir.random(32, 128)))
end

local function random_letters()
  local t = {}
  for i = 1, weir.random(32, 128) do t[i] = weir.pick(letters) end
  return table.concat(t)
end

local function task(send)
  return function()
    send { value = timed() }
    send { value = random_letters() }
    weir.sleep(delay)
  end
end

return weir.scenario {
  load = { { users = weir.env("USERS", 10), over = "10s" } },
  log = not (quiet == "1" or quiet == "true" or quiet == "yes"),
  user = weir.mix { without_key = { 1, task(plain) }, with_key = { 1, task(keyed) } },
}
