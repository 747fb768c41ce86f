#pragma once

namespace sagbench {

// The style sheet of the HTML report: light and dark, from the width of a phone on.
inline constexpr const char* kReportStyle = R"css(
:root { color-scheme: light dark; --bg: #ffffff; --fg: #1c2128; --muted: #57606a; --line: #d5dae0;
  --panel: #f5f7f9; --accent: #0a58ad; --warn: #8a4b00; --warn-bg: #fff6e5; --late: #b42318; }
@media (prefers-color-scheme: dark) { :root { --bg: #101418; --fg: #e4e9ee; --muted: #a0abb6;
  --line: #343c45; --panel: #181e25; --accent: #74b7ff; --warn: #ffc877; --warn-bg: #2a2113;
  --late: #ff8a7a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1rem 4rem; max-width: 84rem; background: var(--bg);
  color: var(--fg); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 1.5rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; padding-top: 0.75rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0.25rem; overflow-wrap: anywhere; }
p { max-width: 46rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem 1rem; background: var(--bg); z-index: 1; }
nav ul, .legend { list-style: none; margin: 0.75rem 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: 0.35rem 1.1rem; }
.note, .common, .replans figcaption { color: var(--muted); }
figcaption { font-weight: 600; margin-bottom: 0.25rem; }
.replans figcaption { font-weight: 400; margin: 0; }
.warnings { background: var(--warn-bg); border-left: 4px solid var(--warn); margin: 1rem 0;
  padding: 0.5rem 1rem; max-width: 50rem; overflow-wrap: anywhere; }
.warnings h2 { border: 0; margin: 0; padding: 0; font-size: 1.05rem; color: var(--warn); }
.warnings ul { margin: 0.25rem 0; padding-left: 1.2rem; }
.badge { display: inline-block; min-width: 1.5em; padding: 0 0.35em; border-radius: 0.75em;
  background: var(--accent); color: var(--bg); font-weight: 600; font-size: 0.9em;
  text-align: center; }
.table { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.55rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { background: var(--panel); font-weight: 600; }
thead th { vertical-align: bottom; }
.number { text-align: right; }
td.number { white-space: nowrap; }
tr.baseline td, tr.baseline th { background: var(--panel); }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--accent); }
dl.notes { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.3rem 1rem;
  margin: 0.5rem 0; font-size: 0.9rem; max-width: 60rem; }
dl.notes dt { font-weight: 600; }
dl.notes dd { margin: 0; overflow-wrap: anywhere; }
.every td, .every th { overflow-wrap: anywhere; min-width: 7rem; max-width: 16rem; }
.every tbody th { position: sticky; left: 0; }
figure { margin: 0.5rem 0; }
.pair, .plans { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 0.5rem 2rem; }
.chart { display: block; width: 100%; max-width: 34rem; height: auto; overflow: visible; }

.chart text { font: 11px system-ui, sans-serif; fill: var(--fg); }
.chart .tick, .chart .axis { fill: var(--muted); }
.chart .end { text-anchor: end; }
.chart .middle { text-anchor: middle; }
.chart .grid { stroke: var(--line); stroke-width: 0.7; }
.chart .frontier { fill: none; stroke: var(--accent); stroke-width: 1.3; stroke-dasharray: 4 3; }
.chart .interval { stroke: var(--muted); stroke-width: 1.2; opacity: 0.75; }
.mark { fill: var(--bg); stroke: var(--accent); stroke-width: 1.8; }
.mark.best { fill: var(--accent); }
.chart .label, .chart .row .number { font-weight: 700; }
.chart .row .figure { fill: var(--muted); }
.chart .tip { display: none; font-weight: 600; }
.point:hover .tip, .point:focus .tip { display: block; }
.point:focus { outline: none; }
.point:focus .mark, .point:hover .mark { stroke: var(--fg); stroke-width: 3; }
.point:focus .box, .point:hover .box { stroke: var(--fg); stroke-width: 2; }
.dots { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linecap: round; opacity: 0.3; }
.whisker { stroke: var(--fg); stroke-width: 1; }
.box { fill: var(--accent); fill-opacity: 0.25; stroke: var(--fg); stroke-width: 1; }
.median { stroke: var(--fg); stroke-width: 2.2; }
.deadline { stroke: var(--late); stroke-width: 1.5; stroke-dasharray: 5 3; }
.cells { fill: none; stroke: var(--accent); stroke-width: 1; shape-rendering: crispEdges; }
.band { fill: var(--panel); }
.replan { display: block; width: 100%; height: 4.5rem; background: var(--panel); }
.replans { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
  gap: 0.5rem 0.75rem; font-size: 0.8rem; }
.replans figure { margin: 0; }
.scale { color: var(--muted); font-size: 0.9rem; }
.ramp { display: inline-block; width: 6rem; height: 0.8em; margin: 0 0.5em; vertical-align: middle;
  border: 1px solid var(--line);
  background: linear-gradient(to right, var(--panel), var(--accent)); }
@media (max-width: 44rem) {
  .cards thead { display: none; }
  .cards table, .cards tbody, .cards tr, .cards th, .cards td { display: block; width: 100%; }
  .cards tr { border: 1px solid var(--line); border-radius: 0.4rem; margin: 0 0 0.75rem; }
  .cards td, .cards tbody th { display: flex; justify-content: space-between; gap: 1rem;
    text-align: right; padding: 0.25rem 0.6rem; overflow-wrap: anywhere; white-space: normal; }
  .cards td::before, .cards tbody th::before { content: attr(data-label); font-weight: 400;
    color: var(--muted); text-align: left; flex-shrink: 0; }
  .cards td.none { display: none; }
  dl.notes { grid-template-columns: 1fr; }
  dl.notes dd { margin: 0 0 0.5rem; }
}
@media print { nav, .skip { display: none; } }
)css";

}  // namespace sagbench
