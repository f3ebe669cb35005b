"""A standalone cluster of Spark on this machine: a master and workers, all bound to 127.0.0.1."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HOST = "127.0.0.1"


class Cluster:
    """A master and workers with one core each, every worker in a process group of its own with its executors."""

    def __init__(self, folder: Path, workers: int = 2, memory: str = "1g") -> None:
        import pyspark

        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._home = Path(pyspark.__file__).parent
        self._processes: list[subprocess.Popen] = []
        self._memory = memory
        # ports are chosen by the system, and read from what the processes say
        master = self._start("master", "org.apache.spark.deploy.master.Master", "--port", "0", "--webui-port", "0")
        self.url = self._says(master, "master", rf"(spark://{HOST}:\d+)")
        self.workers = [self._worker(at) for at in range(workers)]

    def _worker(self, at: int) -> subprocess.Popen:
        name = f"worker-{at}"
        args = ("--webui-port", "0", "--port", "0", "--cores", "1", "--memory", self._memory, "--work-dir", str(self.folder / name))
        worker = self._start(name, "org.apache.spark.deploy.worker.Worker", *args, self.url)
        self._says(worker, name, r"(Successfully registered with master)")
        return worker

    def _start(self, name: str, kind: str, *args: str) -> subprocess.Popen:
        environment = {
            **os.environ,
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": sys.executable,
        }
        log = (self.folder / f"{name}.log").open("wb")
        command = [str(self._home / "bin" / "spark-class"), kind, "--host", HOST, *args]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self._processes.append(process)
        return process

    def _says(self, process: subprocess.Popen, name: str, pattern: str) -> str:
        log = self.folder / f"{name}.log"
        for _ in range(600):
            if found := re.search(pattern, log.read_text(errors="replace")):
                return found[1]
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"{name} did not come up:\n{log.read_text(errors='replace')[-2000:]}")

    def session(self, name: str, **settings: str):
        """A session on the cluster."""
        from pyspark.sql import SparkSession

        # the driver too keeps to this machine; it is read when its Java begins
        os.environ["SPARK_LOCAL_IP"] = HOST
        # what workers are started with: without it the first `python3` they find
        os.environ["PYSPARK_PYTHON"] = sys.executable
        builder = SparkSession.builder.master(self.url).appName(name)
        all_ = {
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.driver.memory": "1g",
            "spark.executor.memory": "768m",
            "spark.ui.enabled": "false",
            # where the package is looked for, if not among the installed ones
            "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            **settings,
        }
        for key, value in all_.items():
            builder = builder.config(key, value)
        return builder.getOrCreate()

    def kill(self, at: int) -> None:
        """SIGKILL to a worker and its executors: as if the machine had gone."""
        os.killpg(self.workers[at].pid, signal.SIGKILL)
        self.workers[at].wait()

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        """Ends what this started, and nothing else."""
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
