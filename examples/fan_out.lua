-- A product page as a browser loads it: its parts are asked for side by side, so that the page takes
-- as long as the slowest of them. What was looked at is reported to the shop without waiting.
--   weir-target &
--   weir run examples/fan_out.lua
local is = weir.is
local http = weir.http { base = weir.env("TARGET", "http://127.0.0.1:8081") }
local goods = weir.csv { "data/goods.csv", mode = "random" }

local product = http:get { "/goods/${sku}", name = "product" }
local part = http:get { "/ping?part=${part}&delay=${ms}ms", name = "part" }
local seen = http:post { "/echo", name = "seen", json = { sku = "${sku}" }, checks = { is.status(200) } }

return weir.scenario {
  load = { { rate = 20, over = "3s" } },
  user = function()
    local row = goods:next()
    weir.group("page", function()
      local p = product:start(row)
      local stock, reviews = part:start { part = "stock", ms = 80 }, part:start { part = "reviews", ms = 40 }
      local r = p:wait()                                 -- the others go on meanwhile
      weir.check(r, "is this product", r:json("/sku") == row.sku)
      weir.all(stock, reviews)
    end)
    seen:start(row)                                      -- nobody waits; it is in the books all the same
  end,
  thresholds = { "failed < 1%", '"page".response_time.p50 < 250ms' },
}
