"""Enqueues for Celery's workers and prints one line of JSON, as `bench-jobs` does for ours. Nothing is durable here."""
import json
import time

from tasks import note, nothing, store

JOBS = 20_000
NOTED = 2_000
PACE = 200.0


def throughput(jobs):
    begun = time.monotonic()
    for _ in range(jobs):
        nothing.delay()
    enqueued = time.monotonic() - begun
    while store.llen("celery") or store.hlen("unacked"):
        time.sleep(0.005)
    return enqueued, time.monotonic() - begun


def times():
    store.delete("noted")
    begun = time.monotonic()
    for number in range(NOTED):
        time.sleep(max(0.0, number / PACE - (time.monotonic() - begun)))
        note.delay(time.time())
    while store.llen("noted") < NOTED:
        time.sleep(0.005)
    found = sorted(float(value) * 1e3 for value in store.lrange("noted", 0, -1))
    return found[NOTED // 2], found[NOTED * 95 // 100]


throughput(500)
enqueued, done = throughput(JOBS)
p50, p95 = times()
print(json.dumps({"enqueue_per_second": JOBS / enqueued, "jobs_per_second": JOBS / done, "p50_ms": p50, "p95_ms": p95}))
