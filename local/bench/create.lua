-- A report.
local target = dofile(os.getenv("BENCH_TARGET"))
wrk.method, wrk.path, wrk.body = "POST", target.path(), target.report
