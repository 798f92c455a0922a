-- An incident at random, by id. The requests are made beforehand, so that wrk costs as little as it can.
local target = dofile(os.getenv("BENCH_TARGET"))
local requests = {}

function init()
   for at = 1, #target.ids do
      requests[at] = wrk.format("GET", target.path() .. "/" .. target.ids[at])
   end
end

function request()
   return requests[math.random(#requests)]
end
