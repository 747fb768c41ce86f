#include "results/report_figures.h"

#include <algorithm>

#include <fmt/core.h>

#include "results/html.h"
#include "results/plan_map.h"
#include "results/plan_map_svg.h"
#include "results/report_parts.h"
#include "results/scatter_chart.h"
#include "results/statistics.h"
#include "results/strip_chart.h"

namespace sagbench {
namespace {

constexpr size_t kMostReplanPictures = 160;

std::string Figure(const std::string& svg, const std::string& caption) {
  return "<figure><figcaption>" + caption + "</figcaption>" + svg + "</figure>\n";
}

// A number that stands for a run in tables and pictures.
std::string Badge(size_t run) {
  return fmt::format("<span class=\"badge\">{}</span>", run + 1);
}

std::vector<std::string> TasksOf(const Report& report) {
  std::vector<std::string> tasks;
  for (const RunReport& run : report.runs) {
    const std::string& task = run.identity.task;
    if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) tasks.push_back(task);
  }
  return tasks;
}

ScatterPoint PointOf(const Report& report, size_t i) {
  const RunReport& run = report.runs[i];
  ScatterPoint point{.run = i, .name = RunName(run, report), .is_square = run.is_baseline};
  point.rate = run.success->rate;
  point.rate_interval = run.success->ci95;
  return point;
}

ScatterChart AgainstLatency(const Report& report, const std::string& task) {
  ScatterChart chart{.name = "success-latency",
                     .title = "Success against latency on " + task,
                     .cost_label = "latency of an action chunk",
                     .unit = "ms",
                     .rate_label = "successful episodes",
                     .points = {}};
  for (size_t i = 0; i < report.runs.size(); ++i) {
    const RunReport& run = report.runs[i];
    if (run.identity.task != task || !run.success || !run.latency_ms) continue;
    ScatterPoint point = PointOf(report, i);
    point.cost = run.latency_ms->median;
    point.cost_interval = MedianInterval(run.latency_ms->samples);
    if (point.cost > 0.0) chart.points.push_back(std::move(point));
  }
  return chart;
}

ScatterChart AgainstFlops(const Report& report, const std::string& task) {
  ScatterChart chart{.name = "success-flops",
                     .title = "Success against FLOPs on " + task,
                     .cost_label = "operations of an action chunk",
                     .unit = "GFLOP",
                     .rate_label = "successful episodes",
                     .points = {}};
  for (size_t i = 0; i < report.runs.size(); ++i) {
    const RunReport& run = report.runs[i];
    if (run.identity.task != task || !run.success || !run.flops) continue;
    ScatterPoint point = PointOf(report, i);
    point.cost = run.flops->per_chunk * 1e-9;
    if (point.cost > 0.0) chart.points.push_back(std::move(point));
  }
  return chart;
}

std::string Legend(const ScatterChart& chart) {
  std::string items;
  for (const ScatterPoint& point : chart.points) {
    items += fmt::format("<li>{} {}</li>", Badge(point.run), HtmlEscaped(point.name));
  }
  return "<ul class=\"legend\">" + items + "</ul>\n";
}

// What the plans of a run do, in a sentence.
std::string PlanSentence(const PlanMap& map) {
  const double mean = MeanComputed(map);
  std::string text = fmt::format("{} steps and {} blocks; ", map.steps, map.blocks);
  if (mean >= 1.0) return text + "every cell is computed.";
  text += fmt::format("{:.1f} % of the cells are computed, the others reused. ", 100.0 * mean);
  if (map.replans.size() > 1) {
    return text + "The plan depends on the observation.";
  }
  if (map.replans_seen < 2) return text;
  return text + fmt::format("The plan is the same in each of {} replans.", map.replans_seen);
}

// Pictures of replans for each run, so that the page stays small however many runs there are.
size_t MostReplans(const Report& report) {
  const auto varying = std::count_if(
      report.runs.begin(), report.runs.end(),
      [](const RunReport& run) { return run.plan_map && run.plan_map->replans.size() > 1; });
  return kMostReplanPictures / std::max<size_t>(1, static_cast<size_t>(varying));
}

std::string Replans(const PlanMap& map, size_t most) {
  const size_t shown = std::min(most, map.replans.size());
  if (shown < 2) return "";
  std::string items;
  for (size_t i = 0; i < shown; ++i) {
    const std::string& plan = map.replans[i];
    std::string caption = fmt::format("replan {}: {} cells", i + 1, ComputedCells(plan));
    if (i > 0) {
      caption +=
          fmt::format(", {:.1f} % changed", 100.0 * ShareOfChangedCells(map.replans[i - 1], plan));
    }
    items += "<figure>" + ReplanSvg(map, plan, caption) + "<figcaption>" + caption +
             "</figcaption></figure>";
  }
  return "<details><summary>The first " + std::to_string(shown) +
         " replans of one episode</summary><p class=\"note\">Each picture is the plan of one "
         "action chunk, one after the other; \"changed\" is the share of cells that differ from "
         "the replan before.</p><div class=\"replans\">" +
         items + "</div></details>\n";
}

std::string PlanOf(const Report& report, size_t i) {
  const PlanMap& map = *report.runs[i].plan_map;
  const std::string name = RunName(report.runs[i], report);
  std::string html = fmt::format("<section class=\"run-plan\" data-run=\"{}\"><h3>{} {}</h3>", i,
                                 Badge(i), HtmlEscaped(name));
  html += "<p>" + PlanSentence(map) + "</p>\n";
  if (MeanComputed(map) < 1.0) {
    html += PlanMapSvg(map, "Cells that " + name + " computes") + Replans(map, MostReplans(report));
  }
  return html + "</section>\n";
}

}  // namespace

std::string RunName(const RunReport& run, const Report& report) {
  std::string name = run.identity.scheduler;
  const auto size = static_cast<size_t>(&run - report.runs.data());
  for (const TextColumn& column : VaryingNames(report.runs)) {
    if (column.header != "scheduler") name += ", " + column.cells.at(size);
  }
  return name;
}

std::string SuccessFigures(const Report& report) {
  std::string html;
  for (const std::string& task : TasksOf(report)) {
    const ScatterChart latency = AgainstLatency(report, task);
    const ScatterChart flops = AgainstFlops(report, task);
    if (flops.points.empty() && latency.points.empty()) continue;
    html += "<h3>" + HtmlEscaped(task) + "</h3>\n<div class=\"pair\">";
    if (!latency.points.empty()) html += Figure(ScatterSvg(latency), "Success against latency");
    if (!flops.points.empty()) html += Figure(ScatterSvg(flops), "Success against FLOPs");
    html += "</div>\n" + Legend(flops.points.empty() ? latency : flops);
  }
  if (html.empty()) return "";
  return "<section id=\"charts\"><h2>Success against cost</h2>\n<p>Up is better, left is cheaper. "
         "Lines through a marker are 95 % intervals (of the median, for times); where they "
         "overlap, the runs cannot be told apart by this alone. Filled markers on the dashed "
         "line are those that no other run beats in both directions. A square is the "
         "baseline. Hover over a marker, or move to it with the Tab key, for its figures.</p>\n" +
         html + "</section>\n";
}

std::string LatencyFigure(const Report& report) {
  StripChart chart{.name = "latency",
                   .title = "Latency samples of each run",
                   .label = "latency of an action chunk",
                   .unit = "ms",
                   .strips = {}};
  bool same_deadline = true;
  for (size_t i = 0; i < report.runs.size(); ++i) {
    const RunReport& run = report.runs[i];
    if (!run.latency_ms) continue;
    chart.strips.push_back({i, RunName(run, report), run.latency_ms->samples});
    const double deadline = run.deadline ? run.deadline->ms : 0.0;
    same_deadline = same_deadline && (chart.strips.size() == 1 || deadline == chart.deadline);
    chart.deadline = deadline;
  }
  if (chart.strips.empty()) return "";
  std::string deadline;
  if (!same_deadline) chart.deadline = 0.0;
  if (chart.deadline > 0.0) {
    deadline = fmt::format(
        " The executed actions of a chunk last {:.4g} ms, the deadline for the next "
        "one: a dashed red line, where it lies within the picture.",
        chart.deadline);
  }
  return "<section id=\"latency\"><h2>Latency</h2>\n<p>One dot is one action chunk at batch 1 (at "
         "most 200 are drawn). The box holds the middle half, its bar is the median, the line "
         "reaches from the 1st to the 99th percentile." +
         deadline + "</p>\n" + Figure(StripSvg(chart), "Left is faster") + "</section>\n";
}

std::string PlanFigures(const Report& report) {
  std::string html;
  for (size_t i = 0; i < report.runs.size(); ++i) {
    if (report.runs[i].plan_map) html += PlanOf(report, i);
  }
  if (html.empty()) return "";
  return "<section id=\"plans\"><h2>What is computed</h2>\n<p>To make an action chunk out of "
         "noise, the network runs once in every denoising step. A cell is one block of the "
         "network in one step: computed, or replaced by what was kept of an earlier step; dense "
         "computes them all. In the pictures steps go from left to right, and blocks from top to "
         "bottom: self-attention (SA), cross-attention (CA) and feed-forward (FF), layer by "
         "layer. The stronger its colour, the more of the recorded observations compute a "
         "cell.</p>\n<p class=\"scale\" aria-hidden=\"true\">computed for none<span "
         "class=\"ramp\"></span>all</p>\n<div class=\"plans\">" +
         html + "</div></section>\n";
}

}  // namespace sagbench
