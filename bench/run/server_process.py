# SPDX-License-Identifier: Apache-2.0
"""Starts `cairn serve` for a measurement, and ends it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned_to(cores):
    """What Popen calls in the child: keeps it, and its threads, on these cores. None: anywhere."""
    return None if cores is None else lambda: os.sched_setaffinity(0, cores)


def engines(binary):
    """The storage engines that this server can be asked for."""
    usage = subprocess.run([binary, "serve", "--help"], stdout=subprocess.PIPE, text=True)
    return {"memory", "columnar"} if "columnar" in usage.stdout else {"memory"}


class Server:
    """`cairn serve` on free ports, in a folder of its own; a context manager."""

    def __init__(self, binary, extra=(), engine="memory", cores=None):
        self.folder = tempfile.TemporaryDirectory(prefix="cairn-bench-")
        self.health = free_port()
        self.cores = cores
        self.ports_file = Path(self.folder.name) / "ports.json"
        flags = ["--data", str(Path(self.folder.name) / "data"), "--log.level", "warn"]
        flags += ["--free-ports", "--health.port", str(self.health), "--storage.engine", engine]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CAIRN_")}
        self.command = [str(binary), "serve", "--ports-file", str(self.ports_file), *flags, *extra]
        self.environment = environment

    def __enter__(self):
        begin = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=self.environment,
                                        preexec_fn=pinned_to(self.cores))
        try:
            self.wait_until_healthy(begin + 30)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.seconds_to_start = time.perf_counter() - begin
        self.ports = json.loads(self.ports_file.read_text())
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def wait_until_healthy(self, deadline):
        while True:
            if self.process.poll() is not None:
                sys.exit(f"bench: the server ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/status") as answer:
                    if answer.status == 200 and self.ports_file.exists():
                        return
            except (urllib.error.URLError, ConnectionError):
                pass
            if time.perf_counter() > deadline:
                sys.exit("bench: the server is not healthy after 30 s")
            time.sleep(0.0005)

    def rss_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def disk_bytes(self):
        """Of everything in its data folder: WAL, segments, manifest."""
        data = Path(self.folder.name) / "data"
        return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
