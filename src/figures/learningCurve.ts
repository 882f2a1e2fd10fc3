import { episodeAxis, plainNumber, type ValueAxis, valueAxis } from "./axes.js";
import { type CurvePoint, runningMean, SMOOTHED_FROM, thinned, WINDOW_SHARE } from "./curve.js";
import { dodge } from "./dodge.js";
import { wrap } from "./font.js";
import { area, baseline, dots, episodeTicks, line, moment, type Plot, scale, valueTicks } from "./plot.js";
import { element, figure, LABEL_SIZE, lineHeight, MUTED, SMALL_SIZE, textLines, widest } from "./svg.js";

/** One curve, labelled at its end. Points are in order of episode. */
export interface CurveSeries {
  readonly label: string;
  readonly points: readonly CurvePoint[];
  /** A shaded band, such as the spread of several seeds; `label` says what it is. */
  readonly band?: {
    readonly label: string;
    readonly points: readonly { readonly episode: number; readonly low: number; readonly high: number }[];
  };
}

/** What `learningCurve` draws: series of points over episodes, their mean or themselves. */
export interface LearningCurve {
  readonly title: string;
  readonly series: readonly CurveSeries[];
  readonly yLabel: string;
  /** What the points' `episode` counts; "episode" unless given. */
  readonly xLabel?: string;
  /** What is drawn of each curve: single values and their running mean (unless given), only the mean, or the values. */
  readonly lines?: "both" | "mean" | "exact";
  /** Dashed vertical lines, at these episodes. */
  readonly moments?: readonly number[];
  /** A logarithmic value axis; a value of 0 is drawn on the lower edge, which the figure says. */
  readonly logY?: boolean;
  /** Dashed horizontal lines, e.g. chance, or a figure of a paper. */
  readonly baselines?: readonly { readonly label: string; readonly value: number }[];
}

/** Told apart by common kinds of colour blindness, and dark enough for text on white (3:1 or more). */
const COLOURS = ["#0b6cb0", "#cc4c02", "#00805a", "#a8408a", "#8a6a00", "#3d4654"];
/** Curves that can be told apart in one figure. */
export const MOST_CURVES = COLOURS.length;
const WIDTH = 720;
const PLOT_HEIGHT = 334;
const PLOT_TOP = 30;
const PLOT_BOTTOM = 38;
const MAX_LABEL_WIDTH = 190;
/** From the plot's right edge to the labels. */
const LEADER = 16;

interface EndLabel {
  readonly lines: readonly string[];
  readonly colour: string;
  /** Where the labelled line ends, in pixels. */
  readonly x: number;
  readonly y: number;
}

/**
 * Values over episodes: raw values thin, their running mean thick, every curve labelled at its end; an SVG.
 * @throws RangeError if there are more than 6 series or none, an empty one, a number that is not finite, or a
 *   negative one on a logarithmic axis
 */
export function learningCurve({
  title,
  series,
  yLabel,
  xLabel = "episode",
  lines = "both",
  moments = [],
  logY = false,
  baselines = [],
}: LearningCurve): string {
  if (series.length < 1 || series.length > MOST_CURVES) {
    throw new RangeError(
      `learningCurve: expected 1 to ${MOST_CURVES} series, got ${series.length}; join seeds of one condition to a series with a band`,
    );
  }
  const values = checkedValues(series, baselines);
  const y = valueAxis(values, logY);
  const x = episodeAxis(series.flatMap(({ points }) => points.map(({ episode }) => episode)));

  const labelTexts = [...series, ...baselines].map(({ label }) =>
    wrap(label, MAX_LABEL_WIDTH, LABEL_SIZE, "bold"),
  );
  const labelWidth = Math.max(...labelTexts.map((lines) => widest(lines, LABEL_SIZE, "bold")));
  const left = Math.ceil(widest(y.ticks.map(plainNumber), SMALL_SIZE)) + 10;
  const right = Math.ceil(labelWidth) + LEADER + 4;
  const plotWidth = WIDTH - left - right;
  const means = series.map(({ points }) =>
    thinned(lines === "exact" ? points : runningMean(points), plotWidth),
  );

  const bottom = PLOT_HEIGHT - PLOT_BOTTOM;
  const plot: Plot = {
    x: scale(x, left, WIDTH - right),
    y: scale(y, bottom, PLOT_TOP, logY),
    ...{ left, right: WIDTH - right, top: PLOT_TOP, bottom },
  };
  const marks = [
    valueTicks(plot, y.ticks),
    episodeTicks(plot, x.ticks),
    ...baselines.map(({ value }) => baseline(plot, value)),
    ...moments.map((episode) => moment(plot, episode)),
    ...curveMarks(
      plot,
      lines === "both" ? series : series.map(({ band }) => ({ band, points: [] })),
      means,
      y,
    ),
  ];

  const ends = [
    ...series.map((_, i) => ({ ...means[i]!.at(-1)!, colour: COLOURS[i]! })),
    ...baselines.map(({ value }) => ({ episode: x.domain[1], value, colour: MUTED })),
  ];
  const labels = ends.map(({ episode, value, colour }, i) => ({
    lines: labelTexts[i]!,
    colour,
    x: plot.x(episode),
    y: plot.y(y.drawable(value)),
  }));
  const notes = caption(series, y, values, lines).flatMap((note) => wrap(note, WIDTH, SMALL_SIZE));
  const body =
    marks.join("") +
    textLines([yLabel], 0, 0) +
    textLines([xLabel], left + plotWidth / 2, PLOT_HEIGHT - lineHeight(LABEL_SIZE), { anchor: "middle" }) +
    endLabels(labels, WIDTH - right) +
    textLines(notes, 0, PLOT_HEIGHT + 10, { size: SMALL_SIZE, colour: MUTED });
  return figure(title, WIDTH, PLOT_HEIGHT + 10 + notes.length * lineHeight(SMALL_SIZE), body);
}

/** From back to front: bands, raw values, running means, each for all series. */
function curveMarks(
  plot: Plot,
  series: readonly Omit<CurveSeries, "label">[],
  means: readonly (readonly CurvePoint[])[],
  y: ValueAxis,
): string[] {
  const onAxis = (points: readonly CurvePoint[]) =>
    points.map(({ episode, value }) => [episode, y.drawable(value)] as const);
  const bands = series.map(({ band }, i) => {
    const points = band?.points ?? [];
    const side = (of: "low" | "high") => points.map((p) => [p.episode, y.drawable(p[of])] as const);
    return area(plot, side("low"), side("high"), { fill: COLOURS[i]!, "fill-opacity": 0.16 });
  });
  const raws = series.map(({ points }, i) => {
    if (points.length < SMOOTHED_FROM) return dots(plot, onAxis(points), { fill: COLOURS[i]! });
    const style = { stroke: COLOURS[i]!, "stroke-opacity": 0.25, "stroke-width": 0.8 };
    return line(plot, onAxis(thinned(points, WIDTH)), style);
  });
  const lines = means.map((points, i) =>
    line(plot, onAxis(points), { stroke: COLOURS[i]!, "stroke-width": 2.2 }),
  );
  return [...bands, ...raws, ...lines];
}

/** Labels right of the plot, moved apart where curves end close together, each tied to its end by a thin line. */
function endLabels(labels: readonly EndLabel[], edge: number): string {
  const wanted = labels.map(({ lines, y }) => ({ centre: y, length: lines.length * lineHeight(LABEL_SIZE) }));
  const centres = dodge(wanted, PLOT_TOP - 8, PLOT_HEIGHT - PLOT_BOTTOM + 8);
  return labels
    .map(({ lines, colour, x, y }, i) => {
      const tie = { stroke: colour, "stroke-width": 0.8, "stroke-opacity": 0.6 };
      // A curve that ends early is first carried on to the plot's edge.
      const onward = { x1: x + 3, y1: y, x2: edge, y2: y, ...tie, "stroke-dasharray": "1,3" };
      const leader = { x1: edge + 3, y1: y, x2: edge + LEADER - 4, y2: centres[i]!, ...tie };
      const weight = colour === MUTED ? "regular" : "bold";
      return (
        (x < edge ? element("line", onward) : "") +
        element("line", leader) +
        textLines(lines, edge + LEADER, centres[i]! - wanted[i]!.length / 2, { colour, weight })
      );
    })
    .join("");
}

function caption(
  series: readonly CurveSeries[],
  y: ValueAxis,
  values: readonly number[],
  lines: NonNullable<LearningCurve["lines"]>,
): string[] {
  const mean = `running mean over ${100 * WINDOW_SHARE} % of the points.`;
  const bands = new Set(series.flatMap(({ band }) => (band === undefined ? [] : [band.label])));
  const sentences = [
    ...(lines !== "exact" && series.some(({ points }) => points.length >= SMOOTHED_FROM)
      ? [lines === "both" ? `Faint: single values. Thick: ${mean}` : `Curves: ${mean}`]
      : []),
    ...[...bands].map((label) => `Shaded: ${label}.`),
    ...(values.some((value) => y.drawable(value) !== value) ? ["0 is drawn on the lower edge."] : []),
  ];
  return sentences.length > 0 ? [sentences.join(" ")] : [];
}

/** Every number of the value axis. Checks them and the episodes. */
function checkedValues(series: readonly CurveSeries[], baselines: LearningCurve["baselines"] = []): number[] {
  const values: number[] = [];
  const take = (where: string, value: number) => {
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `learningCurve: ${where} is ${value}, expected a finite number; leave the point out`,
      );
    }
    values.push(value);
  };
  for (const { label, points, band } of series) {
    if (points.length === 0) {
      throw new RangeError(`learningCurve: series "${label}" has no points; leave it out`);
    }
    for (const { episode, value } of points) {
      if (!Number.isFinite(episode)) {
        throw new RangeError(
          `learningCurve: series "${label}" has a point at episode ${episode}; leave it out`,
        );
      }
      take(`series "${label}" at episode ${episode}`, value);
    }
    for (const { episode, low, high } of band?.points ?? []) {
      take(`the band of "${label}" at episode ${episode}`, low);
      take(`the band of "${label}" at episode ${episode}`, high);
    }
  }
  for (const { label, value } of baselines) take(`baseline "${label}"`, value);
  return values;
}
