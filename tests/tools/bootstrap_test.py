"""tools/bootstrap on its own: wrong use and a machine that lacks packages. Fetches nothing."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile
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

    def test_assets_are_taken_out_of_the_wheel(self):
        with tempfile.TemporaryDirectory() as folder:
            functions = re.search(r"^asset_files\(\).*?(?=^# Keeps under)", BOOTSTRAP.read_text(), re.M | re.S)
            script = f"set -euo pipefail; kExitEnvironment=5\n{functions.group()}\n"

            def run(command):
                return subprocess.run([shutil.which("bash"), "-c", script + command], cwd=folder,
                                      capture_output=True, text=True, check=False)
            names = run("asset_files").stdout.split()
            self.assertEqual(len(names), 15)
            with zipfile.ZipFile(Path(folder, "a.whl"), "w") as wheel:
                for name in names + ["robosuite/models/assets/textures/large.png"]:
                    wheel.writestr(name, name)
            self.assertEqual(run("unpack_assets a.whl kept").returncode, 0)
            kept = {path.name: path.read_text() for path in Path(folder, "kept").iterdir()}
            self.assertEqual(kept, {Path(name).name: name for name in names})
            for needed in ("LICENSE", "robot.xml", "link7.stl", "can.msh"):
                self.assertIn(needed, kept)
            with zipfile.ZipFile(Path(folder, "b.whl"), "w") as wheel:
                wheel.writestr(names[0], "")
            self.assertEqual(run("unpack_assets b.whl broken").returncode, 5)


if __name__ == "__main__":
    unittest.main()
