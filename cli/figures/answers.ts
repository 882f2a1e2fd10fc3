import { diverging } from "../../src/figures/colour.js";
import { type Colour, rasterImage } from "../../src/figures/raster.js";
import {
  element,
  FAINT,
  figure,
  INK,
  LABEL_SIZE,
  lineHeight,
  MUTED,
  SMALL_SIZE,
  textLines,
} from "../../src/figures/svg.js";
import type { EpisodeAnswer, NamedMatrix } from "../../src/training/index.js";

/** Of a drawing, in pixels: two for each of its own, at 31. */
const SIDE = 62;
const GAP = 8;
const STEP = SIDE + GAP;
const BAR_WIDTH = 14;
const BAR_STEP = 20;
const RIGHT = "#2f7d4f";
const WRONG = "#b3402e";
/** More classes than this do not fit beside one another. */
const MOST_CLASSES = 10;

const inkColour = (ink: number): Colour => {
  const grey = Math.round(255 * (1 - Math.min(1, Math.max(0, ink))));
  return [grey, grey, grey];
};

function drawing(pixels: ArrayLike<number>, size: number, x: number, y: number): string {
  const raster = { width: size, height: size, colours: Array.from(pixels, inkColour) };
  return rasterImage(raster, x, y, SIDE, SIDE) + frame(x, y, SIDE);
}

const frame = (x: number, y: number, side: number): string =>
  element("rect", { x, y, width: side, height: side, fill: "none", stroke: FAINT });

/** The first labelled drawing of each class, class by class, as many as have room. */
function classesOf({ support }: EpisodeAnswer): ArrayLike<number>[] {
  const found: ArrayLike<number>[] = [];
  for (const { pixels, label } of support) found[label] ??= pixels;
  return found.slice(0, MOST_CLASSES);
}

/**
 * Episodes of one-shot learning, one a row: a labelled drawing of each class, the unlabelled one, and how probable the
 * network holds each class to be for it: green where it is right, red where it errs, grey else. An SVG.
 * @throws RangeError for no episodes
 */
export function answers(title: string, episodes: readonly EpisodeAnswer[]): string {
  const first = episodes[0];
  if (!first) throw new RangeError("answers: expected at least one episode, got none");
  const classes = Math.min(MOST_CLASSES, first.probabilities.length);
  const queryX = classes * STEP + 2 * GAP;
  const barsX = queryX + STEP + 2 * GAP;
  const top = lineHeight(LABEL_SIZE) + 6;
  const heading = (words: string, x: number) => textLines([words], x, 0, { colour: MUTED });
  const rows = episodes.map((episode, row) => {
    const y = top + row * (STEP + GAP);
    const shown = classesOf(episode).map((pixels, k) => drawing(pixels, episode.size, k * STEP, y));
    return [...shown, drawing(episode.query.pixels, episode.size, queryX, y), bars(episode, barsX, y)].join(
      "",
    );
  });
  const body =
    heading("shown once, with labels", 0) +
    heading("asked", queryX) +
    heading("answer", barsX) +
    rows.join("");
  return figure(title, barsX + classes * BAR_STEP + 90, top + episodes.length * (STEP + GAP), body);
}

function bars({ probabilities, query }: EpisodeAnswer, x: number, y: number): string {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const drawn = probabilities.slice(0, MOST_CLASSES).map((probability, k) => {
    const height = Math.max(1, probability * SIDE);
    const fill = k === query.label ? RIGHT : k === best ? WRONG : MUTED;
    return element("rect", { x: x + k * BAR_STEP, y: y + SIDE - height, width: BAR_WIDTH, height, fill });
  });
  const shown = Math.min(MOST_CLASSES, probabilities.length);
  const verdict = best === query.label ? "right" : `wrong: class ${query.label + 1}`;
  const words = [`class ${best + 1}, ${Math.round(100 * probabilities[best]!)} %`, verdict];
  return (
    drawn.join("") +
    element("line", { x1: x, x2: x + shown * BAR_STEP, y1: y + SIDE, y2: y + SIDE, stroke: FAINT }) +
    textLines(words, x + shown * BAR_STEP + 4, y + SIDE / 2 - lineHeight(LABEL_SIZE), {
      colour: best === query.label ? INK : WRONG,
    })
  );
}

/**
 * The trace after an episode, one column for each class, as squares of features under the drawing that it was learned
 * from: a template of each class. An SVG.
 * @throws RangeError unless the trace has a column for each class
 */
export function templates(title: string, episode: EpisodeAnswer, trace: NamedMatrix): string {
  const { rows, cols, values } = trace;
  if (cols !== episode.probabilities.length) {
    throw new RangeError(
      `templates: the trace must have a column for each of ${episode.probabilities.length} classes, got ${cols}`,
    );
  }
  const limit = Math.max(...Array.from(values, Math.abs));
  const side = Math.ceil(Math.sqrt(rows));
  const top = lineHeight(LABEL_SIZE) + 6;
  const below = top + STEP + lineHeight(LABEL_SIZE) + 6;
  const body = classesOf(episode).map((pixels, k) => {
    const colours = Array.from({ length: side * side }, (_, i) =>
      diverging(i < rows ? values[i * cols + k]! : 0, limit),
    );
    const raster = { width: side, height: side, colours };
    return (
      drawing(pixels, episode.size, k * STEP, top) +
      rasterImage(raster, k * STEP, below, SIDE, SIDE) +
      frame(k * STEP, below, SIDE)
    );
  });
  const note = `${rows} features a class; blue negative, orange positive, up to ${limit.toPrecision(2)}`;
  return figure(
    title,
    classesOf(episode).length * STEP,
    below + STEP + lineHeight(SMALL_SIZE),
    textLines(["shown once"], 0, 0, { colour: MUTED }) +
      textLines([`${trace.name} after it`], 0, top + STEP, { colour: MUTED }) +
      body.join("") +
      textLines([note], 0, below + STEP, { size: SMALL_SIZE, colour: MUTED }),
  );
}
