-- A shop: most people look around, some buy. An order over HTTP is followed by its event on Kafka,
-- which stands here for what the shop itself would produce.
--   weir-target &
--   weir run examples/browse_and_buy.lua
local http   = weir.http  { base = weir.env("TARGET", "http://127.0.0.1:8081") }
local kafka  = weir.kafka { brokers = weir.env("KAFKA_BROKERS", "embedded") }
local people = weir.csv { "data/users.csv", mode = "circular" }
local goods  = weir.csv { "data/goods.csv", mode = "random" }
local auth   = { Authorization = "Bearer ${token}" }           -- found in vu.token

local login = http:post { "/login",        name = "login",       json = { user = "${user}", password = "${password}" } }
local look  = http:get  { "/goods/${sku}", name = "look",        headers = auth }
local order = http:post { "/orders",       name = "place order", headers = auth, json = { sku = "${sku}" }, expect = 201 }
local paid  = kafka:send { topic = "payments", name = "paid", key = "${id}", codec = "json",
                           value = { orderId = "${id}", state = "PAID" } }

local function browse()
  for _ = 1, 3 do look(goods:next()) weir.sleep("100ms", "300ms") end
end

local function buy()
  local r = order(goods:next())
  if not weir.check(r, "has an id", r:json("/id") ~= nil) then return end
  local event = paid { id = r:json("/id") }
  weir.check(event, "stored", event.ok)
  weir.sleep("200ms")
end

return weir.scenario {
  load = { { rate = { 0, 50 }, over = "5s" }, { rate = 50, over = "10s", arrivals = "poisson" } },
  on_start = function(vu)
    local r = login(people:next())
    if not r.ok then weir.fail("no token: " .. r.why) end
    vu.token = r:json("/token")
  end,
  user = weir.mix { browse = { 80, browse }, buy = { 20, buy } },
  thresholds = { "failed < 0.1%", '"place order".response_time.p99 < 250ms', "achieved_rate > 99%" },
}
