#!/usr/bin/env python3
""".ci/run with a bootstrap, an apt-get and a dpkg-query that are told what to do. Installs nothing."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / ".ci" / "run"
APT_GET = 'echo "$@" >> "$CALLS"; case " $BROKEN " in *" ${!#} "*) exit 100;; esac'
BOOTSTRAP = 'echo "bootstrap $1" >> "$CALLS"; [ "$1" != test ] || exit 7'


class CiRun(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / ".ci").mkdir()
        shutil.copy(RUN, self.folder / ".ci")
        for tool in ("env", "bash", "dirname"):
            self.tool(f"bin/{tool}").symlink_to(shutil.which(tool))
        self.write("tools/bootstrap", BOOTSTRAP)
        self.write("bin/id", "echo 0")
        self.write("bin/dpkg-query", 'case " $THERE " in *" ${!#} "*) echo installed;; esac')
        self.write("bin/timeout", 'shift; exec "$@"')

    def tool(self, name):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        return path

    def write(self, name, text):
        self.tool(name).write_text(f"#!{shutil.which('bash')}\n{text}\n")
        self.tool(name).chmod(0o755)

    def call(self, **variables):
        """The exit code, what was called and what was said."""
        calls = self.folder / "calls"
        calls.write_text("")
        result = subprocess.run([self.folder / ".ci" / "run"], capture_output=True, text=True, check=False,
                                env=dict(variables, PATH=str(self.folder / "bin"), CALLS=str(calls)))
        return result.returncode, calls.read_text().splitlines(), result.stderr

    def test_installs_what_is_missing_and_ends_as_the_tests_do(self):
        self.write("bin/apt-get", APT_GET)
        code, calls, said = self.call(THERE="munge ffmpeg shellcheck libosmesa6 clang-format-14 slurm-wlm")
        self.assertEqual((code, said), (7, ""))
        self.assertEqual([calls[0], calls[-1]], ["bootstrap deps", "bootstrap test"])
        self.assertEqual([call.split()[-1] for call in calls[1:-1]], ["update", "chromium", "chromium"])

    def test_goes_on_without_what_it_cannot_install(self):
        self.write("bin/apt-get", APT_GET)
        code, calls, said = self.call(BROKEN="update chromium munge", THERE="ffmpeg")
        self.assertEqual((code, calls[-1]), (7, "bootstrap test"))
        self.assertEqual(said, ".ci/run: cannot install chromium munge: tests that need them skip themselves\n")
        self.assertIn("slurm-wlm", calls[-2])
        self.write("bin/timeout", "exit 124")
        code, calls, said = self.call(THERE="")
        self.assertEqual((code, calls), (7, ["bootstrap deps", "bootstrap test"]))
        self.assertEqual(said.count("\n"), 1)

    def test_asks_for_nothing_where_all_is_there_or_nothing_can_be_installed(self):
        everything = "chromium clang-format-14 ffmpeg libosmesa6 munge shellcheck slurm-wlm"
        expected = (7, ["bootstrap deps", "bootstrap test"], "")
        self.assertEqual(self.call(), expected)  # no apt-get
        self.write("bin/apt-get", APT_GET)
        self.assertEqual(self.call(THERE=everything), expected)
        self.write("bin/id", "echo 1000")
        self.assertEqual(self.call(), expected)


if __name__ == "__main__":
    unittest.main()
