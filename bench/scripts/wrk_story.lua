-- wrk's way to the same: request() makes each path, response() looks at status and body. wrk has no
-- JSON: finding the field's text is what its users write.
local n, wrong = 0, 0

function request()
  n = n + 1
  return wrk.format("GET", "/ping?q=" .. n)
end

function response(status, headers, body)
  if status ~= 200 or body:match('"message"%s*:%s*"([^"]*)"') ~= "pong" then
    wrong = wrong + 1
  end
end
