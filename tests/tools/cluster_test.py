#!/usr/bin/env python3
"""tools/cluster/slurm against an sbatch that runs each job at once, and a program that tells its words;
what tools/cluster/test says where it cannot start a cluster (slurm_test.py: where it can)."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CLUSTER = Path(__file__).resolve().parents[2] / "tools" / "cluster"

SBATCH = """#!/bin/bash
echo "$@" >> "$CALLS/sbatch"
for word in "$@"; do
  case $word in
    --array=1-*) last=${word#--array=1-} ;;
    --wrap=*) wrap=${word#--wrap=} ;;
  esac
done
for i in $(seq 1 "${last:-1}"); do SLURM_ARRAY_TASK_ID=$i sh -c "$wrap"; done
echo 17
"""

PROGRAM = """#!/bin/bash
printf '<%s>' "$@" >> "$CALLS/program"
echo >> "$CALLS/program"
"""


class Slurm(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.calls = Path(self.folder.name)
        self.bin = self.calls / "bin"
        self.bin.mkdir()
        self.install("my sagbench", PROGRAM)

    def install(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def call(self, *words, path=None, script="slurm"):
        environment = dict(os.environ, CALLS=str(self.calls), SAGBENCH=str(self.bin / "my sagbench"),
                           PATH=path or f"{self.bin}:{os.environ['PATH']}")
        return subprocess.run(["/bin/bash", str(CLUSTER / script), *words], capture_output=True, text=True,
                              check=False, env=environment)

    def test_submits_an_array_and_a_merge_that_waits_for_it(self):
        self.install("sbatch", SBATCH)
        out = self.calls / "my runs"
        result = self.call("3", str(out), "--scheduler", "dense,late", "--policy", "a b")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("shards: job 17; merge: job 17", result.stdout)
        sbatch = (self.calls / "sbatch").read_text().splitlines()
        self.assertIn("--array=1-3", sbatch[0])
        self.assertIn("--dependency=afterok:17", sbatch[1])
        program = (self.calls / "program").read_text().splitlines()
        self.assertEqual(len(program), 4)
        self.assertEqual(program[1], "<run><--scheduler><dense,late><--policy><a b><--quiet><--shard>"
                         f"<auto><--resume><--out><{out}/shard-2>")
        self.assertTrue(program[3].startswith("<merge>"), program[3])
        self.assertTrue(program[3].endswith(f"<--out><{out}/merged>"), program[3])

    def test_jobs_see_the_words_as_they_were_typed(self):
        self.install("sbatch", SBATCH)
        out = self.calls / "it's März"
        self.assertEqual(self.call("1", str(out), "a'b\tc$d").returncode, 0)
        self.assertEqual(self.call("1", str(out)).returncode, 0)
        program = (self.calls / "program").read_text().splitlines()
        self.assertEqual(program[0], f"<run><a'b\tc$d><--quiet><--shard><auto><--resume><--out><{out}/shard-1>")
        self.assertEqual(program[2], f"<run><--quiet><--shard><auto><--resume><--out><{out}/shard-1>")

    def test_wrong_use_is_one_sentence(self):
        self.install("sbatch", SBATCH)
        for words, part in [((), "usage"), (("3",), "usage"), (("0", "x"), "'0', not a number"),
                            (("many", "x"), "'many', not a number")]:
            result = self.call(*words)
            self.assertEqual(result.returncode, 2)
            self.assertIn(part, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_says_that_slurm_is_not_there(self):
        result = self.call("2", str(self.calls / "x"), path=str(self.calls))
        self.assertEqual(result.returncode, 2)
        self.assertIn("sbatch is not installed here", result.stderr)

    def test_one_node_cluster_says_what_it_lacks(self):
        (self.bin / "id").symlink_to(shutil.which("id"))
        for words, code, part in [((), 2, "usage"), (("true",), 5, "root" if os.geteuid() else "munged is not")]:
            result = self.call(*words, path=str(self.bin), script="test")
            self.assertEqual(result.returncode, code)
            self.assertIn(part, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
