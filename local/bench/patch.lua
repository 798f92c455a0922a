-- A new short description for an incident at random: never the one that it has, so each request writes.
local target = dofile(os.getenv("BENCH_TARGET"))
local run, seen = os.time(), 0

function request()
   seen = seen + 1
   return wrk.format("PATCH", target.any(), nil, '{"short_description":"Printer jams: ' .. run .. " " .. seen .. '"}')
end
