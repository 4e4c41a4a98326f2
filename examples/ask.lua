-- Questions and answers over Kafka, both sides in one file: clients ask on a topic and wait for the
-- reply with their correlation id; a service takes requests as they come, and answers.
--   weir run examples/ask.lua                                    on a broker in this process
--   weir run examples/ask.lua -e KAFKA_BROKERS=127.0.0.1:9092    topics prices and prices.replies
-- Against a service of your own only the first scenario is needed.
local is = weir.is
local kafka = weir.kafka {
  brokers = weir.env("KAFKA_BROKERS", "embedded"),
  producer = { ["linger.ms"] = 0 },
}

-- weir puts an id into the header correlationId, and finds it there in replies
local ask = kafka:rpc {
  request = "prices", reply = "prices.replies", name = "price", timeout = "2s",
  key = "${sku}", codec = "json", value = { sku = "${sku}" },
  checks = { is.json("/price", ">", 0), is.json_same("/sku", "/sku"), is.when(is.json("/sku", "==", "kettle"), is.json("/price", "==", 40)) },
}

local requests = kafka:consume { topic = "prices", name = "request", codec = "json", timeout = "10s" }
local answer = kafka:send { topic = "prices.replies", name = "answer", codec = "json" }

local prices = { kettle = 40, teapot = 25, cup = 6 }
local load = { { rate = 50, over = weir.env("OVER", "4s") } }

return weir.plan {
  weir.scenario {
    name = "clients", load = load,
    user = function(vu)
      local sku = weir.pick { "kettle", "teapot", "cup" }
      local r = ask { sku = sku }
      weir.check(r, "the price of " .. sku, r:json("/price") == prices[sku])
    end,
  },
  weir.scenario {
    name = "service", load = load,
    user = function(vu)
      local q = requests() -- the next one that nobody took
      if not q.ok then return end
      local sku = q:json("/sku")
      answer { key = q.key, headers = { correlationId = q.headers.correlationId }, value = { sku = sku, price = prices[sku] } }
    end,
  },
  thresholds = { "failed == 0", '"price".response_time.p99 < 1s', "replies.late == 0" },
}
