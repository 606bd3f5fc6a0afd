"""The engine for a state or several: Spark. What it must put aside goes to a file system in memory, encrypted."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from splink import SparkAPI
from splink.backends.spark import similarity_jar_location

from alongside.linking.levels import SPARK

IN_MEMORY = Path("/dev/shm")  # noqa: S108  # nosec B108  # a file system in memory; a folder of our own in it, of mode 700
PREFIX = "alongside-link-"


def sweep() -> None:
    """Remove what a run that was killed left in memory."""
    for folder in IN_MEMORY.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX)
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """Tables in a Spark session, spread over its workers."""

    functions = SPARK

    def __init__(self, master: str, memory_mb: int) -> None:
        sweep()
        self._folder = IN_MEMORY / f"{PREFIX}{os.getpid()}"
        self._folder.mkdir(mode=0o700)
        os.environ["PYSPARK_PYTHON"] = sys.executable
        os.environ["SPARK_LOCAL_DIRS"] = str(self._folder)
        parts = "4" if master.startswith("local") else "64"
        options = {
            "spark.driver.memory": f"{memory_mb}m", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
            "spark.jars": similarity_jar_location(), "spark.local.dir": str(self._folder),
            "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
            "spark.io.encryption.enabled": "true", "spark.sql.warehouse.dir": str(self._folder / "warehouse"),
            "spark.sql.shuffle.partitions": parts, "spark.default.parallelism": parts, "spark.log.level": "OFF",
            "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={self._folder} -Dderby.system.home={self._folder}"
                                             " -XX:-UsePerfData",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
        }  # fmt: skip
        if not master.startswith("local"):  # the workers of a cluster call back
            own = ("spark.driver.bindAddress", "spark.driver.host")
            options = {name: value for name, value in options.items() if name not in own}
        builder = SparkSession.builder.master(master).appName("alongside link")
        for name, value in options.items():
            builder = builder.config(name, value)
        self._spark = builder.getOrCreate()
        self.api = SparkAPI(spark_session=self._spark, break_lineage_method="persist", num_partitions_on_repartition=int(parts))

    def put(self, name: str, table: Any) -> None:
        """Make an Arrow table known under a name."""
        self._spark.createDataFrame(table).createOrReplaceTempView(name)

    def make(self, name: str, sql: str) -> None:
        """Work out a table and keep it."""
        self._spark.sql(sql).persist().createOrReplaceTempView(name)

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a part at a time."""
        for row in self._spark.sql(sql).toLocalIterator():
            yield tuple(row)

    def close(self) -> None:
        """Let everything go."""
        self._spark.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
