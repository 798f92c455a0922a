-- What every script sends to: BENCH_TOKEN and BENCH_IDS (a Lua file that returns a table) come from `cargo xtask bench`.
local target = { ids = dofile(os.getenv("BENCH_IDS")) }

wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
wrk.headers["content-type"] = "application/json"
target.prefix = wrk.path == "/" and "" or wrk.path
math.randomseed(os.time())

function target.path()
   return target.prefix .. "/v1/incidents"
end

function target.any()
   return target.path() .. "/" .. target.ids[math.random(#target.ids)]
end

target.report = '{"short_description":"E-mail does not send","description":"Since this morning, from the whole floor.","impact":2,'
   .. '"urgency":1,"category":"Software","subcategory":"E-mail","channel":"phone","location":"Floor 3","caller_id":null,'
   .. '"assignment_group":null,"assigned_to":null,"major":false,"custom":{}}'

-- What wrk does not print by itself.
function done(_, latency)
   io.write(string.format("Quantiles: %d %d %d us\n", latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end

return target
