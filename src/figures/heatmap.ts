import { type BlockMeans, blockMeans, scaleLimit } from "./blocks.js";
import { diverging } from "./colour.js";
import { type Raster, rasterImage } from "./raster.js";
import {
  element,
  FAINT,
  figure,
  LABEL_SIZE,
  lineHeight,
  MUTED,
  SMALL_SIZE,
  textLines,
  translated,
  widest,
} from "./svg.js";

/** A matrix over connections: row i comes from neuron i, column j goes to neuron j; row-major. */
export interface MatrixPanel {
  /** What the matrix is, e.g. "alpha". */
  readonly label: string;
  readonly matrix: ArrayLike<number>;
  readonly rows: number;
  readonly cols: number;
}

/** Pixels that the longer side of a matrix may take, in a figure of one matrix and of several. */
const SINGLE_SIDE = 520;
const SHARED_SIDE = 260;
const MAX_CELL = 40;
const MIN_SIDE = 80;
/** A matrix narrower than this still gets a legend of this width. */
const MIN_LEGEND = 150;
/** Room for the row labels on the left of a matrix. */
const LEFT = 38;
const GAP = 28;
const BAR_HEIGHT = 10;
const SMALL = { size: SMALL_SIZE, colour: MUTED };

/**
 * A matrix as a grid of colours, blue negative, orange positive, near-white 0, with its legend below; an SVG.
 * A matrix of more than 520 rows or columns is drawn as block means, which the figure says.
 * @throws RangeError if the size is wrong or a number is not finite
 */
export function heatmap({ title, ...panel }: MatrixPanel & { readonly title: string }): string {
  return drawn(title, [panel], SINGLE_SIDE);
}

/**
 * Matrices side by side, such as w, alpha, the trace and the effective weight; each has its own colour scale.
 * As `heatmap` otherwise; block means from 260 rows or columns on.
 */
export function heatmaps({
  title,
  panels,
}: {
  readonly title: string;
  readonly panels: readonly MatrixPanel[];
}) {
  return drawn(title, panels, SHARED_SIDE);
}

function drawn(title: string, panels: readonly MatrixPanel[], side: number): string {
  if (panels.length === 0) throw new RangeError("heatmaps: expected at least one matrix, got none");
  const parts = panels.map((panel) => drawnPanel(panel, side));
  const height = Math.max(...parts.map((part) => part.height));
  let x = 0;
  const body = parts.map((part) => {
    const moved = translated(x, 0, part.svg);
    x += part.width + GAP;
    return moved;
  });
  return figure(title, x - GAP, height, body.join(""));
}

function drawnPanel({ label, matrix, rows, cols }: MatrixPanel, side: number) {
  const blocks = blockMeans(matrix, rows, cols, side);
  const limit = scaleLimit(blocks.means);
  const width = blocks.cols * cellSide(blocks.cols, side);
  const height = blocks.rows * cellSide(blocks.rows, side);
  const top = lineHeight(LABEL_SIZE) + 4;
  const legendTop = top + height + 2 * lineHeight(SMALL_SIZE) + 10;
  const legendWidth = Math.max(width, MIN_LEGEND);
  const { blockRows, blockCols } = blocks;
  const notes =
    blockRows * blockCols > 1 ? [`Each cell: mean of ${blockRows} × ${blockCols} connections`] : [];
  const notesTop = legendTop + BAR_HEIGHT + lineHeight(SMALL_SIZE) + 8;
  const svg =
    textLines([label], LEFT, 0, { weight: "bold" }) +
    rasterImage(raster(blocks, limit), LEFT, top, width, height) +
    outline(LEFT, top, width, height) +
    axes(rows, cols, top, width, height) +
    translated(LEFT, legendTop, legend(blocks, limit, legendWidth)) +
    textLines(notes, LEFT, notesTop, SMALL);
  const inner = Math.max(legendWidth, widest([label], LABEL_SIZE, "bold"), widest(notes, SMALL_SIZE));
  return { svg, width: LEFT + inner, height: notesTop + notes.length * lineHeight(SMALL_SIZE) };
}

/** Whole pixels, so that all cells are of one size; few cells do not fill the side, but leave room for the axis. */
function cellSide(count: number, side: number): number {
  return Math.min(Math.floor(side / count), Math.max(MAX_CELL, Math.ceil(MIN_SIDE / count)));
}

function raster({ rows, cols, means }: BlockMeans, limit: number): Raster {
  return { width: cols, height: rows, colours: Array.from(means, (value) => diverging(value, limit)) };
}

const outline = (x: number, y: number, width: number, height: number): string =>
  element("rect", { x, y, width, height, fill: "none", stroke: FAINT });

/** The first and the last index of each side, and which neurons they count. */
function axes(rows: number, cols: number, top: number, width: number, height: number): string {
  const below = top + height + 2;
  const right = LEFT + width;
  const middle = top + height / 2;
  const rotate = `translate(0,${middle}) rotate(-90)`;
  const last = (count: number) => (count > 1 ? String(count - 1) : "");
  return (
    textLines(["0"], LEFT, below, SMALL) +
    textLines([last(cols)], right, below, { ...SMALL, anchor: "end" }) +
    textLines(["to neuron"], LEFT + width / 2, below + lineHeight(SMALL_SIZE) - 2, {
      ...SMALL,
      anchor: "middle",
    }) +
    textLines(["0"], LEFT - 5, top - 2, { ...SMALL, anchor: "end" }) +
    textLines([last(rows)], LEFT - 5, top + height - SMALL_SIZE, { ...SMALL, anchor: "end" }) +
    element("g", { transform: rotate }, textLines(["from neuron"], 0, 0, { ...SMALL, anchor: "middle" }))
  );
}

/** The colour scale as a bar, with its ends and 0. Ends that some values exceed say so. */
function legend({ means }: BlockMeans, limit: number, width: number): string {
  const steps = 129;
  const colours = Array.from({ length: steps }, (_, i) =>
    diverging(((2 * i) / (steps - 1) - 1) * limit, limit),
  );
  const end = String(Number(limit.toPrecision(2)));
  const low = means.some((value) => value < -limit) ? "≤ −" : "−";
  const high = means.some((value) => value > limit) ? "≥ " : "";
  const below = BAR_HEIGHT + 2;
  const ends =
    textLines([low + end], 0, below, SMALL) +
    textLines([high + end], width, below, { ...SMALL, anchor: "end" });
  return (
    rasterImage({ width: steps, height: 1, colours }, 0, 0, width, BAR_HEIGHT) +
    outline(0, 0, width, BAR_HEIGHT) +
    textLines([limit === 0 ? "0 everywhere" : "0"], width / 2, below, { ...SMALL, anchor: "middle" }) +
    (limit === 0 ? "" : ends)
  );
}
