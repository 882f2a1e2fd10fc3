import { wrap } from "./font.js";
import { type Colour, css, rasterImage } from "./raster.js";
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

/** How the values of an image become colours, and what a reader must be told about them. */
export interface PixelColours {
  readonly colour: (value: number) => Colour;
  readonly legend: readonly { readonly colour: Colour; readonly label: string }[];
}

/** Grey images: -1 is black, 1 white; beyond that the same. */
export const greyPixels: PixelColours = {
  colour: (value) => {
    const grey = Math.round(127.5 * (1 + Math.max(-1, Math.min(1, value))));
    return [grey, grey, grey];
  },
  legend: [],
};

const ON: Colour = [30, 58, 95];
const OFF: Colour = [198, 219, 236];
const ERASED: Colour = [255, 255, 255];

/** Binary patterns, by the sign of the value; 0 is an erased bit. */
export const binaryPixels: PixelColours = {
  colour: (value) => (value === 0 ? ERASED : value > 0 ? ON : OFF),
  legend: [
    { colour: ON, label: "+1" },
    { colour: OFF, label: "−1" },
    { colour: ERASED, label: "0 (erased)" },
  ],
};

/** What `gallery` draws: rows of small pictures under headings. */
export interface Gallery {
  readonly title: string;
  /** What each column shows, e.g. "shown 1", "degraded", "restored", "target". */
  readonly columns: readonly string[];
  /** One episode a row: an image for each column, row-major, and what to say about it, e.g. "error 0.4 %". */
  readonly rows: readonly { readonly images: readonly ArrayLike<number>[]; readonly note: string }[];
  /** Pixels of every image. */
  readonly width: number;
  readonly height: number;
  readonly pixels: PixelColours;
}

/** About the width of a drawn image; its pixels become whole squares. */
const IMAGE_WIDTH = 104;
const GAP = 10;
const NOTE_WIDTH = 130;
const SWATCH = 11;

/**
 * Images of episodes as crisp grids of squares, one row an episode, its note beside it; an SVG.
 * @throws RangeError if there is no row or column, a row lacks an image, an image has the wrong size, or a pixel is not finite
 */
export function gallery({ title, columns, rows, width, height, pixels }: Gallery): string {
  if (columns.length === 0 || rows.length === 0) {
    throw new RangeError(
      `gallery: expected columns and rows, got ${columns.length} and ${rows.length}; draw at least one episode`,
    );
  }
  const scale = Math.max(1, Math.round(IMAGE_WIDTH / width));
  const cell = { width: width * scale, height: height * scale };
  const step = cell.width + GAP;
  const headers = columns.map((column) => wrap(column, cell.width, LABEL_SIZE));
  const top = Math.max(...headers.map((lines) => lines.length)) * lineHeight(LABEL_SIZE) + 6;
  const notes = rows.map((row) => wrap(row.note, NOTE_WIDTH, LABEL_SIZE));
  const rowHeight =
    Math.max(cell.height, ...notes.map((lines) => lines.length * lineHeight(LABEL_SIZE))) + GAP;

  const body = headers.map((lines, column) => {
    const y = top - 6 - lines.length * lineHeight(LABEL_SIZE);
    return textLines(lines, column * step + cell.width / 2, y, { colour: MUTED, anchor: "middle" });
  });
  rows.forEach((row, r) => {
    checkRow(row.images, r, columns.length, width, height);
    const y = top + r * rowHeight;
    row.images.forEach((image, column) => {
      const raster = { width, height, colours: Array.from(image, pixels.colour) };
      const place = [column * step, y, cell.width, cell.height] as const;
      body.push(rasterImage(raster, ...place), outline(...place));
    });
    const noteTop = y + (cell.height - notes[r]!.length * lineHeight(LABEL_SIZE)) / 2;
    body.push(textLines(notes[r]!, columns.length * step + 4, Math.max(y, noteTop)));
  });
  const bottom = top + rows.length * rowHeight;
  body.push(translated(0, bottom, legend(pixels)));
  const bodyWidth = columns.length * step + 4 + Math.max(...notes.map((lines) => widest(lines, LABEL_SIZE)));
  return figure(title, bodyWidth, bottom + (pixels.legend.length > 0 ? SWATCH + 4 : -GAP), body.join(""));
}

const outline = (x: number, y: number, width: number, height: number): string =>
  element("rect", { x, y, width, height, fill: "none", stroke: FAINT });

function legend({ legend: entries }: PixelColours): string {
  let x = 0;
  return entries
    .map(({ colour, label }) => {
      const swatch = { x, y: 2, width: SWATCH, height: SWATCH, fill: css(colour), stroke: FAINT };
      const entry =
        element("rect", swatch) + textLines([label], x + SWATCH + 5, 0, { size: SMALL_SIZE, colour: MUTED });
      x += SWATCH + 5 + widest([label], SMALL_SIZE) + 18;
      return entry;
    })
    .join("");
}

function checkRow(
  images: readonly ArrayLike<number>[],
  row: number,
  columns: number,
  width: number,
  height: number,
) {
  if (images.length !== columns) {
    throw new RangeError(
      `gallery: row ${row} must have an image for each of the ${columns} columns, got ${images.length}`,
    );
  }
  images.forEach((image, column) => {
    const where = `gallery: row ${row}, column ${column}`;
    if (image.length !== width * height) {
      throw new RangeError(`${where}: expected ${width} x ${height} pixels, got ${image.length}`);
    }
    const wrong = Array.from(image).findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new RangeError(`${where}: pixel ${wrong} is ${image[wrong]}, expected a finite number`);
  });
}
