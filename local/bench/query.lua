-- The list with each of BENCH_QUERY in turn.
local target = dofile(os.getenv("BENCH_TARGET"))
local requests, at = {}, 0

-- wrk knows how to format only once it has connected.
function request()
   if at == 0 then
      for query in string.gmatch(os.getenv("BENCH_QUERY"), "%S+") do
         table.insert(requests, wrk.format(nil, target.path() .. "?" .. query))
      end
   end
   at = at + 1
   return requests[at % #requests + 1]
end
