#!/usr/bin/env python3
"""tools/cluster/slurm on a real Slurm of one node, with a tiny policy. Where none can be started it
skips itself (exit code 77).

usage: slurm_test.py SAGBENCH
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SKIPPED = 77
CLUSTER = Path(__file__).resolve().parents[2] / "tools" / "cluster"
SHARDS = 4
OPTIONS = ["--sampler", "ddim:steps=1,ddim:steps=2", "--no-baseline", "--no-latency",
           "--episodes", "5", "--batch", "2", "--threads", "1"]

# Ends without having run where shard 3 is called for the first time.
FLAKY = """#!/bin/sh
if [ "$SLURM_ARRAY_TASK_ID" = 3 ] && mkdir "$ONCE" 2>/dev/null; then exit 1; fi
exec "$PROGRAM" "$@"
"""

TWICE = """#!/bin/bash
set -e
wait_for_jobs() { while [ -n "$(squeue --noheader)" ]; do sleep 0.2; done; }
"$@"
wait_for_jobs
test ! -e "$MERGED"
"$@"
wait_for_jobs
"""


def untimed(report):
    """The bytes of a report.json without times, host and what was typed."""
    return re.sub(r'"(wall_s|date|host|command_line)": ?("(\\.|[^"\\])*"|[-+.e0-9]+)', r'"\1"',
                  report.read_text())


def reason_to_skip():
    """Why no cluster can be started here, as tools/cluster/test says it, or nothing."""
    result = subprocess.run([CLUSTER / "test", "true"], capture_output=True, text=True, check=False)
    return result.stderr if result.returncode == 5 else ""


class Slurm(unittest.TestCase):
    program = ""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def run_in_cluster(self, *words, **variables):
        """Calls tools/cluster/test; a locale without letters shows what depends on one."""
        return subprocess.run([CLUSTER / "test", *map(str, words)], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C", TMPDIR=str(self.folder), **variables),
                              check=False, timeout=300)

    def sagbench(self, *words):
        subprocess.run([self.program, *map(str, words)], check=True, capture_output=True)

    def make_policy(self):
        demonstrations = self.folder / "demonstrations.hdf5"
        self.sagbench("collect", "--starts", "near-goal", "--episodes", 1, "--out", demonstrations)
        self.sagbench("train", "policy", "--data", demonstrations, "--out", self.folder / "training",
                      "--iterations", 1, "--layers", 1, "--width", 32, "--batch", 2, "--device", "cpu")
        return next(path.parent for path in self.folder.rglob("policy.json"))

    def test_four_shards_merge_into_the_whole_run(self):
        """Shard 3 fails at first: no merge runs, and the same words complete the run."""
        policy = self.make_policy()
        options = ["--policy", policy, *OPTIONS]
        self.sagbench("run", *options, "--out", self.folder / "whole")
        flaky = self.folder / "my sagbench"
        flaky.write_text(FLAKY)
        flaky.chmod(0o755)
        out = self.folder / "it's März"
        script = self.folder / "script"
        script.write_text(TWICE)
        script.chmod(0o755)
        merged = out / "merged"
        result = self.run_in_cluster("timeout", 240, script, CLUSTER / "slurm", SHARDS, out, *options,
                                     SAGBENCH=str(flaky), PROGRAM=self.program, MERGED=str(merged),
                                     ONCE=str(self.folder / "once"))
        logs = "".join(path.read_text() for path in sorted(out.glob("*.log")))
        self.assertEqual(result.returncode, 0, result.stderr + logs)
        self.assertEqual(len(list(out.glob("shard-?"))), SHARDS)
        self.assertEqual(untimed(merged / "report.json"), untimed(self.folder / "whole" / "report.json"))

    def test_leaves_nothing_behind(self):
        """Neither after a failure nor after a signal, with a job that still runs."""
        pid = self.folder / "pid"
        job = f"sbatch --quiet --output=/dev/null --wrap='echo $$ > {pid}; exec sleep 1000' && " \
              f"until test -s {pid}; do sleep 0.1; done"
        self.assertEqual(self.run_in_cluster("bash", "-c", job + "; exit 3").returncode, 3)
        self.expect_clean(pid)
        process = subprocess.Popen([CLUSTER / "test", "bash", "-c", job + "; exec sleep 1000"],
                                   env=dict(os.environ, TMPDIR=str(self.folder)))
        while not pid.exists() or not pid.read_text():
            time.sleep(0.1)
        process.terminate()
        self.assertNotEqual(process.wait(60), 0)
        self.expect_clean(pid)

    def expect_clean(self, pid):
        self.assertFalse(Path("/proc", pid.read_text().strip()).exists())
        pid.unlink()
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    Slurm.program = os.path.abspath(sys.argv.pop(1))
    reason = reason_to_skip()
    if reason:
        print(f"skipped: {reason}", end="")
        sys.exit(SKIPPED)
    unittest.main()
