import { join } from "node:path";
import type { CurvePoint } from "../src/figures/curve.js";
import { binaryPixels, gallery, greyPixels } from "../src/figures/gallery.js";
import { heatmaps } from "../src/figures/heatmap.js";
import { learningCurve } from "../src/figures/learningCurve.js";
import type { Conduct, Experiment, Look } from "../src/training/index.js";
import { agentAnimation, agentFigures } from "./agents/agentFigures.js";
import { answers, templates } from "./figures/answers.js";
import { canRasterise, renderPng } from "./figures/png.js";
import { makeFolder, writeAtomic } from "./files.js";
import { shownMetric } from "./progress.js";

/** Of the images shown in an episode, how many a gallery has room for. */
const MAX_SHOWN = 5;
const PNG_SCALE = 2;

/** What there is to draw of a trained network. */
export interface Drawn {
  /** The experiment's metric in training. */
  readonly curve: readonly CurvePoint[];
  readonly look: Look;
  /** Of an agent. */
  readonly conduct: Conduct | null;
}

/**
 * Draws what a run has learned, each figure as SVG and PNG: the learning curve, restored pictures, what an agent does,
 * and matrices; and an agent's first test episode as an animated GIF. Where nothing can be
 * drawn in pixels, SVGs alone. Returns the names, with their ending where there is no PNG.
 */
export async function drawFigures(
  folder: string,
  experiment: Experiment,
  { curve, look, conduct }: Drawn,
): Promise<string[]> {
  const drawn = await write(folder, {
    ...(curve.length > 0 && { "learning-curve": curveOf(experiment, curve) }),
    ...(look.episodes[0]!.pictures && { restored: galleryOf(experiment, look) }),
    ...answerFigures(experiment, look),
    matrices: matricesOf(experiment, look),
  });
  return conduct ? [...drawn, ...(await drawAgent(folder, experiment, conduct))] : drawn;
}

/** Draws what an agent does in its test episodes, the first of them as an animated GIF. Returns the figures' names. */
export async function drawAgent(
  folder: string,
  { name }: Pick<Experiment, "name">,
  conduct: Conduct,
): Promise<string[]> {
  const drawn = await write(folder, agentFigures(name, conduct));
  const animation = (await canRasterise()) ? await agentAnimation(name, conduct) : null;
  if (!animation) return drawn;
  writeAtomic(join(folder, "episode.gif"), animation);
  return [...drawn, "episode"];
}

/** Writes figures as SVG and, where that can be drawn, PNG; returns their names. */
async function write(folder: string, figures: Readonly<Record<string, string>>): Promise<string[]> {
  makeFolder(folder);
  const both = await canRasterise();
  for (const [name, svg] of Object.entries(figures)) {
    writeAtomic(join(folder, `${name}.svg`), svg);
    if (both) writeAtomic(join(folder, `${name}.png`), await renderPng(svg, PNG_SCALE));
  }
  return Object.keys(figures).map((name) => (both ? name : `${name}.svg`));
}

function curveOf({ name, metric }: Experiment, curve: readonly CurvePoint[]): string {
  const [factor, unit] = metric.show === "percent" ? [100, " (%)"] : [1, ""];
  const points = curve.map(({ episode, value }) => ({ episode, value: factor * value }));
  return learningCurve({
    title: `${name}: learning curve`,
    series: [{ label: metric.name, points }],
    yLabel: `${metric.label}${unit}`,
    ...(metric.chance !== undefined && {
      baselines: [{ label: "without memory", value: factor * metric.chance }],
    }),
  });
}

function galleryOf({ name, metric }: Experiment, look: Look): string {
  const lives = look.episodes.flatMap(({ pictures, metrics }) => (pictures ? [{ pictures, metrics }] : []));
  const { kind, width, height, shown } = lives[0]!.pictures;
  const count = Math.min(MAX_SHOWN, shown.length);
  return gallery({
    title: `${name}: fresh episodes, restored from memory`,
    columns: [
      ...Array.from({ length: count }, (_, i) => `shown ${i + 1}`),
      "degraded",
      "restored",
      "original",
    ],
    rows: lives.map(({ pictures, metrics }) => ({
      images: [...pictures.shown.slice(0, count), pictures.degraded, pictures.restored, pictures.target],
      note: `${metric.name} ${shownMetric(metric, metrics[metric.name]!)}`,
    })),
    width,
    height,
    pixels: kind === "bits" ? binaryPixels : greyPixels,
  });
}

/** What was shown, asked and answered, and the trace of the first episode, where that is what episodes are about. */
function answerFigures({ name }: Experiment, look: Look): Record<string, string> {
  const given = look.episodes.flatMap(({ answer }) => (answer ? [answer] : []));
  const [first] = given;
  if (!first) return {};
  const classes = first.probabilities.length;
  const trace = look.matrices.find(
    ({ name, cols }) =>
      Object.values(look.rules).some(({ traces }) => traces.some((t) => name.endsWith(`.${t}`))) &&
      cols === classes,
  );
  return {
    answers: answers(`${name}: fresh episodes of alphabets never trained on`, given),
    ...(trace && { templates: templates(`${name}: the trace as templates of the classes`, first, trace) }),
  };
}

/** Every matrix over connections; constants shared by a layer or a row are no pictures. */
function matricesOf({ name }: Experiment, look: Look): string {
  const panels = look.matrices
    .filter(({ rows, cols }) => rows > 1 && cols > 1)
    .map(({ name: label, rows, cols, values }) => ({ label, matrix: values, rows, cols }));
  return heatmaps({ title: `${name}: weights, plasticity, and the trace after an episode`, panels });
}
