#!/usr/bin/env python3
"""The HTML report in a real browser: it loads without a complaint, needs no network, fits a phone,
and shows the figures of report.json. Without Chromium it skips itself (exit code 77).

usage: report_html_test.py SAGBENCH
"""

import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPPED = 77
EVIL = "<script>document.title='broken'</script><img src=x onerror=alert(1)>\"'&"
EPISODES, BATCH = 12, 4
# Sampler, scheduler, steps, share of FLOPs, milliseconds, chance of success.
ROWS = [("ddpm", "dense", 20, 1.0, 600.0, 0.8),
        ("ddpm", "late:rate=0.9", 20, 0.1, 90.0, 0.5),
        ("ddim:steps=4", "dense", 4, 0.2, 120.0, 0.7),
        ("ddim:steps=4", "sag:rate=0.5", 4, 0.1, 60.0, 0.7)]
BLOCKS = ["SA0", "CA0", "FF0", "SA1", "CA1", "FF1"]

# Runs inside the browser, beside the report in a frame as wide as a phone.
PROBE = """<!DOCTYPE html><body style="margin:0"><iframe id="f" style="width:390px;height:800px"
src="report.html"></iframe><pre id="out"></pre><script>
document.getElementById("f").onload = (event) => {
  const page = event.target.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter((e) => !e.closest(".table, .skip, svg") &&
      e.getBoundingClientRect().right > root.clientWidth + 1).map((e) => e.tagName + "." + e.className);
  const small = [...page.querySelectorAll("svg.chart text")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.height > 0 && box.height < 9;
  }).length;
  document.getElementById("out").textContent = JSON.stringify({scroll: root.scrollWidth,
      client: root.clientWidth, wide, small, title: page.title,
      scripts: page.querySelectorAll("script, img").length});
};</script></body>"""


def json_line(record):
    text = json.dumps(record, separators=(",", ":"))
    check = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f'{{"check":"{check}","record":{text}}}\n'


def plan_record(row, steps, rate, rng):
    def plan():
        return [[rng.random() < rate or step == 0 for _ in BLOCKS] for step in range(steps)]

    plans = [plan() for _ in range(8)]
    computed = [sum(p[step][block] for p in plans) / 8
                for step in range(steps) for block in range(len(BLOCKS))]
    text = ["".join("".join(".#"[cell] for cell in line) + "\n" for line in p) for p in plans]
    return {"kind": "plans", "row": row, "steps": steps, "blocks": len(BLOCKS), "observations": 8,
            "block_names": BLOCKS, "computed": computed, "replans": text, "replans_seen": 8}


def episode_record(row, index, rng):
    sampler, scheduler, steps, share, _, chance = ROWS[row]
    success = rng.random() < chance
    return {"row": row, "task": "pusht", "sampler": sampler, "scheduler": scheduler,
            "seed": 100 + index, "success": success, "score": 1.0 if success else 0.5,
            "failure": "" if success else "timeout", "steps": 80, "replans": 10,
            "computed_cells": int(60 * steps * share), "total_cells": 60 * steps,
            "flops": 1e11 * share, "pruner_flops": 0.0, "skipped_flops": 1e11 * (1.0 - share),
            "plan_digest": f"p{index}", "action_digest": f"a{index}", "wall_s": 0.5}


def write_folder(folder):
    rng = random.Random(1)
    rows = [{"task": "pusht", "sampler": sampler, "scheduler": scheduler, "params": {"evil": EVIL},
             "policy": EVIL, "policy_sha256": "ab12", "executor": "eager", "device": "cpu",
             "seed": 100, "episodes": EPISODES, "control_period": 0.1, "action_steps": 4}
            for sampler, scheduler, *_ in ROWS]
    context = {"commit": "0123abc", "build_type": "Release", "flags": "-O3",
               "versions": {"torch": "2.11.0"}, "host": "here", "cpu": EVIL, "threads": 2,
               "command_line": "sagbench run " + EVIL, "date": "2026-01-02T03:04:05Z"}
    manifest = {"format": 1, "batch": BATCH, "margin": 0.05, "spread": False, "plans": True,
                "rows": rows, "context": context,
                "latency": {"samples": 40, "warmup": 1, "block_size": 10}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    episodes = [episode_record(row, index, rng) for row in range(len(ROWS)) for index in range(EPISODES)]
    (folder / "episodes.jsonl").write_text("".join(map(json_line, episodes)))
    lines = [plan_record(row, steps, 1.0 if scheduler == "dense" else share, rng)
             for row, (_, scheduler, steps, share, _, _) in enumerate(ROWS)]
    lines += [{"kind": "action_error", "row": row, "mean_abs": 0.25, "max_abs": 1.5}
              for row, spec in enumerate(ROWS) if spec[1] != "dense"]
    lines += [{"kind": "latency", "host": "here", "rows": list(range(len(ROWS))),
               "ms": [[spec[4] * (1 + 0.1 * rng.random()) for _ in range(10)] for spec in ROWS]}
              for _ in range(4)]
    (folder / "measurements.jsonl").write_text("".join(map(json_line, lines)))


class Elements(html.parser.HTMLParser):
    """Every element of a page with its attributes, and the text right in it."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])
        self.open.append(self.found[-1])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open:
            self.open[-1][2] += data

    def having(self, name):
        return [(attrs, text) for _, attrs, text in self.found if name in attrs]


def browse(browser, page, *options):
    """Standard output and the console's lines."""
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
               "--virtual-time-budget=5000", "--allow-file-access-from-files",
               f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri()]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    return result.stdout, [line for line in result.stderr.splitlines() if "CONSOLE" in line]


def figure_at(run, key):
    """The figure of report.json for a column of report.csv, as text."""
    value = run
    for part in key.split("."):
        if part in ("low", "high") and isinstance(value, list):
            value = value[0 if part == "low" else 1]
        else:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return None
    return value


class ReportHtml(unittest.TestCase):
    program, browser = "", ""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        write_folder(cls.folder)
        subprocess.run([cls.program, "report", str(cls.folder)], check=True, capture_output=True)
        cls.runs = json.loads((cls.folder / "report.json").read_text())["runs"]
        dom, cls.console = browse(cls.browser, cls.folder / "report.html", "--dump-dom")
        cls.page = Elements(dom)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_loads_without_a_complaint_and_small(self):
        self.assertEqual(self.console, [])
        self.assertLess((self.folder / "report.html").stat().st_size, 3_000_000)

    def test_every_figure_is_that_of_the_json(self):
        seen = 0
        for attrs, text in self.page.having("data-key"):
            expected = figure_at(self.runs[int(attrs["data-run"])], attrs["data-key"])
            if isinstance(expected, dict):
                expected = ";".join(f"{key}={value}" for key, value in expected.items())
            if isinstance(expected, (int, float)) and not isinstance(expected, bool):
                self.assertEqual(float(text), float(expected), attrs)
            elif isinstance(expected, bool):
                self.assertEqual(text, str(expected).lower(), attrs)
            else:
                self.assertEqual(text, expected or "", attrs)
            seen += 1
        self.assertGreater(seen, 40 * len(ROWS))

    def test_charts_show_the_json(self):
        points = [attrs for attrs, _ in self.page.having("data-cost")]
        self.assertEqual(len(points), 2 * len(ROWS))
        for attrs in points:
            run = self.runs[int(attrs["data-run"])]
            self.assertEqual(float(attrs["data-rate"]), run["success"]["rate"])
            self.assertEqual([float(attrs["data-rate-low"]), float(attrs["data-rate-high"])],
                             run["success"]["ci95"])
            costs = (run["latency_ms"]["median"], run["flops"]["per_chunk"] * 1e-9)
            self.assertTrue(any(abs(float(attrs["data-cost"]) - cost) < 1e-9 * cost for cost in costs))
        for attrs, _ in self.page.having("data-median"):
            latency = self.runs[int(attrs["data-run"])]["latency_ms"]
            for key in ("median", "p90", "p99", "max"):
                self.assertEqual(float(attrs["data-" + key]), latency[key])

    def test_the_frontier_is_what_nothing_beats(self):
        points = [attrs for attrs, _ in self.page.having("data-cost") if "data-cost-low" in attrs]
        for one in points:
            beaten = any(float(other["data-cost"]) < float(one["data-cost"]) and
                         float(other["data-rate"]) >= float(one["data-rate"]) for other in points)
            self.assertEqual(one["data-frontier"], "no" if beaten else "yes", one)

    def test_plan_maps_are_those_of_the_json(self):
        """Reads the cells back from the strokes of the pictures."""
        sparse = [run["plan_map"] for run in self.runs if min(run["plan_map"]["computed"]) < 1.0]
        maps = self.map_strokes()
        self.assertEqual(len(maps), len(sparse))
        for (attrs, cells), wanted in zip(maps, sparse):
            steps, blocks = wanted["steps"], wanted["blocks"]
            order = [int(block) for block in attrs["data-order"].split(",")]
            rows = sorted({y for _, y in cells})
            shown = [0.0] * (steps * blocks)
            self.assertEqual(len(rows), blocks)
            for (step, y), share in cells.items():
                shown[step * blocks + order[rows.index(y)]] = share
            self.assertEqual(shown, wanted["computed"])
            self.assertAlmostEqual(float(attrs["data-mean"]),
                                   sum(wanted["computed"]) / (steps * blocks))

    def map_strokes(self):
        maps = []
        for tag, attrs, _ in self.page.found:
            if tag == "svg":
                maps.append((attrs, {}))
            elif tag == "path" and "data-share" in attrs and "data-order" in maps[-1][0]:
                for x, y, width in re.findall(r"M(\d+) ([\d.]+)h(\d+)", attrs["d"]):
                    for step in range(int(x), int(x) + int(width)):
                        maps[-1][1][(step, float(y))] = float(attrs["data-share"])
        return [(attrs, cells) for attrs, cells in maps if "data-order" in attrs]

    def test_fits_a_phone_and_runs_no_foreign_markup(self):
        (self.folder / "probe.html").write_text(PROBE)
        dom, _ = browse(self.browser, self.folder / "probe.html", "--dump-dom")
        text = next(text for tag, attrs, text in Elements(dom).found if attrs.get("id") == "out")
        probe = json.loads(text)
        self.assertLessEqual(probe["scroll"], probe["client"])
        self.assertEqual(probe["wide"], [])
        self.assertEqual(probe["small"], 0)
        self.assertEqual(probe["title"], "sagbench report: pusht")
        self.assertEqual(probe["scripts"], 0)

    def test_draws_something_light_and_dark(self):
        sizes = []
        for scheme in (0, 1):
            picture = self.folder / f"{scheme}.png"
            browse(self.browser, self.folder / "report.html", f"--screenshot={picture}",
                   f"--blink-settings=preferredColorScheme={scheme}")
            sizes.append(picture.read_bytes())
        self.assertGreater(min(map(len, sizes)), 10_000)
        self.assertNotEqual(sizes[0], sizes[1])


if __name__ == "__main__":
    ReportHtml.program = os.path.abspath(sys.argv.pop(1))
    ReportHtml.browser = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    if not ReportHtml.browser:
        print("skipped: chromium is not installed (Debian package chromium)")
        sys.exit(SKIPPED)
    unittest.main()
