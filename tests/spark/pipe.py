"""Works rows through on a local Spark or Ray: every partition goes through one `lotse batch` pipe.

    pipe.py spark|ray INPUT OUTPUT MARKER COMMAND...

INPUT holds one JSON row a line; OUTPUT gets the results in the same order. If MARKER is not `-`, the
executor (Ray: the worker) that first takes up a partition is killed in the middle of it, and the file
MARKER says which process that was. The command must be a pure pipe: rows in, results out, in order.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

PARTITIONS = 4
HERE = Path(__file__).resolve().parent


def with_spark(lines, command, marker):
    from pyspark import SparkConf, SparkContext

    settings = {
        # Executors of their own, as on a cluster, not threads of this process.
        "spark.master": "local-cluster[2,1,512]",
        "spark.executor.memory": "512m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.executorEnv.PYSPARK_PYTHON": sys.executable,
    }
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = SparkConf().setAppName("lotse batch").setAll(settings.items())
    with SparkContext(conf=conf) as context:
        context.setLogLevel("ERROR")
        # A partition without rows must do no harm.
        rows = context.parallelize(lines, PARTITIONS).union(context.parallelize([], 1))
        if marker:
            command = [sys.executable, str(HERE / "killed_once.py"), marker, *command]
        return rows.pipe(shlex.join(command), checkCode=True).collect()


def with_ray(lines, command, marker):
    import ray

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", object_store_memory=10**8)

    @ray.remote(num_cpus=1, max_retries=3)
    def work(part):
        pipe = command
        if marker:
            pipe = [sys.executable, str(HERE / "killed_once.py"), marker, *command]
        text = "".join(line + "\n" for line in part)
        done = subprocess.run(pipe, input=text, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.splitlines()

    size = -(-len(lines) // PARTITIONS)
    parts = [lines[start : start + size] for start in range(0, len(lines), size)] + [[]]
    results = ray.get([work.remote(part) for part in parts])
    ray.shutdown()
    return [line for part in results for line in part]


def main():
    system, source, target, marker, *command = sys.argv[1:]
    lines = Path(source).read_text(encoding="utf-8").splitlines()
    work = {"spark": with_spark, "ray": with_ray}[system]
    results = work(lines, command, "" if marker == "-" else marker)
    Path(target).write_text("".join(line + "\n" for line in results), encoding="utf-8")


if __name__ == "__main__":
    main()
