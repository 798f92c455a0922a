"""The same for Celery: tasks that do nothing, or note when they ran."""
import os
import time

import redis
from celery import Celery

URL = os.environ["BROKER_URL"]
app = Celery("tasks", broker=URL)
app.conf.task_ignore_result = True
app.conf.worker_prefetch_multiplier = 4
store = redis.Redis.from_url(URL)


@app.task
def nothing():
    pass


@app.task
def note(sent):
    store.rpush("noted", time.time() - sent)
