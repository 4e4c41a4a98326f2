-- What `weir demo` runs: orders over HTTP, each followed by its event on Kafka. By hand:
--   weir-target &
--   weir run examples/demo.lua
local http  = weir.http  { base = weir.env("TARGET", "http://127.0.0.1:8081") }
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS", "embedded") }

local look  = http:get   { "/goods/${sku}", name = "look" }
local order = http:post  { "/orders", name = "place order", json = { sku = "${sku}" }, expect = 201 }
local paid  = kafka:send { topic = "payments", name = "paid", key = "${id}",
                           codec = "json", value = { orderId = "${id}", state = "PAID" } }

local goods = weir.rows { { sku = "kettle" }, { sku = "teapot" }, { sku = "cup" }, mode = "random" }

return weir.scenario {
  load = { { rate = 200, over = "10s", arrivals = "poisson" } },
  user = function()
    local row = goods:next()
    look(row)
    local r = order(row)
    if weir.check(r, "has an id", r:json("/id") ~= nil) then
      paid { id = r:json("/id") }
    end
  end,
  thresholds = { "failed < 0.1%" },
}
