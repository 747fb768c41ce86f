"""tools/bootstrap on its own: wrong use and a machine that lacks packages. Fetches nothing."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

BOOTSTRAP = Path(__file__).resolve().parents[2] / "tools" / "bootstrap"


def run_bootstrap(*arguments, path=os.environ["PATH"]):
    result = subprocess.run([shutil.which("bash"), BOOTSTRAP, *arguments], env={"PATH": path},
                            capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, result.stderr


class BootstrapTest(unittest.TestCase):
    def test_help(self):
        for option in ((), ("--help",)):
            status, output, _ = run_bootstrap(*option)
            self.assertEqual(status, 0)
            for command in ("deps", "build", "demo", "test"):
                self.assertIn(f"\n  {command} ", output)

    def test_wrong_use(self):
        status, _, message = run_bootstrap("tset")
        self.assertEqual(status, 2)
        self.assertIn("unknown command 'tset': valid are deps, build, demo, test", message)
        status, _, message = run_bootstrap("deps", "--gpu")
        self.assertEqual(status, 2)
        self.assertIn("unknown argument '--gpu'", message)

    def test_missing_packages_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            for tool in ("dirname", "id", "cat", "python3"):
                Path(folder, tool).symlink_to(shutil.which(tool))
            status, _, message = run_bootstrap("deps", path=folder)
        self.assertEqual(status, 5)
        self.assertIn("missing system packages: g++ cmake ninja-build", message)
        self.assertIn("sudo apt-get install g++ cmake ninja-build", message)


if __name__ == "__main__":
    unittest.main()
