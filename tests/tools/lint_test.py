"""tools/lint finds what is planted, and nothing in a clean tree."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

LINT = Path(__file__).resolve().parents[2] / "tools" / "lint"
HEADER = "#pragma once\n"


def run_lint(files, *options):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = subprocess.run([sys.executable, LINT, "--root", root, *options],
                                capture_output=True, text=True, check=False)
    return result.returncode, result.stdout


class LintTest(unittest.TestCase):
    def assert_finds(self, expected, files):
        status, output = run_lint(files)
        self.assertEqual(status, 1, output)
        self.assertIn(expected, output)
        self.assertIn(" 1 findings", output)

    def assert_clean(self, files):
        status, output = run_lint(files)
        self.assertEqual(status, 0, output)

    def test_clean_tree(self):
        self.assert_clean({
            "core/a.h": HEADER + "#include <vector>\n",
            "policies/b.h": HEADER + '#include <ATen/core/Tensor.h>\n\n#include "core/a.h"\n',
            "policies/b.cpp": '#include "policies/b.h"\n',
            "tests/policies/b_test.cpp": '#include "policies/b.h"\n',
            "schedulers/plugin.cpp": "const bool registered = Schedulers().Add({});\n",
        })

    def test_layers(self):
        below = {"bench/a.h": HEADER, "tasks/a.h": HEADER}
        self.assert_finds("schedulers/ must not include bench/",
                          below | {"schedulers/x.h": HEADER + '#include "bench/a.h"\n'})
        self.assert_finds("policies/ must not include tasks/",
                          below | {"policies/x.h": HEADER + '#include "tasks/a.h"\n'})

    def test_torch(self):
        include = "#include <ATen/core/Tensor.h>\n"
        self.assert_finds("tasks/x.h:2: tasks/ sees no torch", {"tasks/x.h": HEADER + include})
        self.assert_finds("only <ATen/core/Tensor.h>, not <torch/torch.h>",
                          {"policies/x.h": HEADER + "#include <torch/torch.h>\n"})

    def test_aten_is_for_sources(self):
        aten = {"policies/aten.h": HEADER + "#include <ATen/ops/cat.h>\n"}
        self.assert_clean(aten)
        self.assert_finds("which is for sources", aten | {"policies/x.h": HEADER + '#include "policies/aten.h"\n'})

    def test_mujoco(self):
        include = HEADER + "#include <mujoco/mujoco.h>\n"
        self.assert_finds("schedulers/ sees no MuJoCo", {"schedulers/x.h": include})
        self.assert_clean({"tasks/x.h": include})

    def test_include_style(self):
        self.assert_finds("in quotes", {"core/a.h": HEADER, "core/b.h": HEADER + "#include <core/a.h>\n"})
        self.assert_finds("not a path from the root",
                          {"core/a.h": HEADER, "core/b.h": HEADER + '#include "a.h"\n'})
        self.assert_finds("without #pragma once", {"core/a.h": "\n"})

    def test_file_length(self):
        self.assert_finds("301 lines; 300 at most", {"tools/x.cpp": "int x;\n" * 301})
        self.assert_clean({"tools/x.cpp": "int x;\n" * 300, "README.md": "line\n" * 900})

    def test_function_length(self):
        def function(lines):
            return "namespace a {\nint F() {\n" + "  if (x) { g(\"}\"); }  // }\n" * (lines - 2) + "}\n}\n"
        self.assert_finds("tools/x.cpp:2: function of 61 lines", {"tools/x.cpp": function(61)})
        self.assert_clean({"tools/x.cpp": function(60) + "int table[] = {\n" + "  1,\n" * 70 + "};\n"})

    def test_script_function_length(self):
        self.assert_finds("tools/x.py:1: function of 61", {"tools/x.py": "def f():\n" + "    g()\n" * 60})
        self.assert_finds("tools/x:2: function of 62",
                          {"tools/x": "#!/bin/bash\nf() {\n" + "  g\n" * 60 + "}\n"})

    def test_mirrored_test(self):
        self.assert_finds("no test at tests/core/x_test.cpp", {"core/x.cpp": "int x;\n"})
        self.assert_clean({"tools/x.cpp": "int x;\n", "bench/micro/x.cpp": "int x;\n"})

    def test_words(self):
        for word in ("TO" + "DO", "FIX" + "ME"):
            self.assert_finds("unfinished", {"README.md": f"a {word} here\n"})
        self.assert_finds("somebody's machine", {"README.md": "see /ro" + "ot/x\n"})

    def test_format(self):
        status, output = run_lint({"core/a.h": "int   x ;\n"}, "--format")
        if output.startswith("skipped"):
            self.skipTest(output)
        self.assertEqual(status, 1, output)
        self.assertIn("core/a.h:1: not as clang-format", output)


if __name__ == "__main__":
    unittest.main()
