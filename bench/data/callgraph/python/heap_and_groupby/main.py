import heapq
from itertools import groupby


class Job:
    def __lt__(self, other):
        return False

    def run(self):
        return 1


def kind(job):
    return "job"


heap = []
heapq.heappush(heap, Job())
heapq.heappop(heap).run()
for name, jobs in groupby(heap, key=kind):
    for job in jobs:
        job.run()
