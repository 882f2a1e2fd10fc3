import type { CurveSeries } from "../src/figures/learningCurve.js";
import type { Metric } from "../src/training/index.js";
import type { Comparison } from "./comparison.js";
import { UsageError } from "./exitCodes.js";
import { writeAtomic } from "./files.js";

const PNG_SCALE = 2;

/** Throws a UsageError where a figure cannot tell so many curves apart. */
export async function expectRoomForCurves({ conditions }: Comparison): Promise<void> {
  const { MOST_CURVES } = await import("../src/figures/learningCurve.js");
  if (conditions.length <= MOST_CURVES) return;
  throw new UsageError(
    `--out: a figure has room for ${MOST_CURVES} curves, got ${conditions.length} kinds of runs; ` +
      "compare fewer, or add --no-figures",
  );
}

/**
 * Draws the learning curves of a comparison's first conditions, as many as can be told apart, as `base`.svg and .png.
 * Returns the picture's path: of the SVG where nothing can be drawn in pixels.
 */
export async function drawnCurves(comparison: Comparison, metric: Metric, base: string): Promise<string> {
  const svg = await curves(comparison, metric);
  writeAtomic(`${base}.svg`, svg);
  const { canRasterise, renderPng } = await import("./figures/png.js");
  if (!(await canRasterise())) return `${base}.svg`;
  writeAtomic(`${base}.png`, await renderPng(svg, PNG_SCALE));
  return `${base}.png`;
}

/** The learning curves as SVG. */
async function curves({ experiment, conditions }: Comparison, metric: Metric): Promise<string> {
  // Drawing needs big libraries: loaded when there is something to draw.
  const { learningCurve, MOST_CURVES } = await import("../src/figures/learningCurve.js");
  const [factor, unit] = metric.show === "percent" ? [100, " (%)"] : [1, ""];
  const series = conditions.slice(0, MOST_CURVES).map(({ label, runs, curve }): CurveSeries => {
    const points = curve.map(({ episode, mean }) => ({ episode, value: factor * mean }));
    if (runs.length === 1) return { label, points };
    const spread = curve.map(({ episode, low, high }) => ({
      episode,
      low: factor * low,
      high: factor * high,
    }));
    return { label, points, band: { label: `lowest to highest of ${runs.length} seeds`, points: spread } };
  });
  return learningCurve({
    title: `${experiment}: learning curves`,
    series,
    yLabel: `${metric.label}${unit}`,
    lines: "exact",
    ...(metric.chance !== undefined && {
      baselines: [{ label: "without memory", value: factor * metric.chance }],
    }),
  });
}
