import type { EpisodePictures } from "../src/training/index.js";

/** Each character shows 2 x 2 bits: the index has a bit for top left (1), top right (2), bottom left (4), bottom right (8). */
const QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█";
const SHADES = " ░▒▓█";
/** Characters that one picture may take, and those of its title. */
const WIDEST = 24;
const NARROWEST = 8;
const GAP = 3;

/**
 * What was degraded, what the network restored, and what it should be, side by side in lines of at most `columns`
 * characters; no narrower than their titles.
 */
export function glimpse(pictures: EpisodePictures, columns = 80): string {
  const { kind, width, height, degraded, restored, target } = pictures;
  const draw = kind === "bits" ? bits : greys;
  const room = Math.floor((columns - 2 - 2 * GAP) / 3);
  const widest = Math.max(NARROWEST, Math.min(WIDEST, room));
  const parts = [
    ["degraded", degraded],
    ["restored", restored],
    ["original", target],
  ] as const;
  const drawn = parts.map(([title, values]) => [title, ...draw(values, width, height, widest)]);
  const wide = Math.max(...drawn.flat().map((line) => line.length));
  return drawn[0]!
    .map((_, line) => `  ${drawn.map((lines) => lines[line]!.padEnd(wide)).join(" ".repeat(GAP))}`.trimEnd())
    .join("\n");
}

/** 2 x 2 bits a character: filled where a bit is +1; the top left part of patterns that are too wide. */
function bits(values: ArrayLike<number>, width: number, height: number, widest: number): string[] {
  const isOn = (x: number, y: number) => x < width && y < height && values[y * width + x]! > 0;
  return Array.from({ length: Math.min(widest, Math.ceil(height / 2)) }, (_, row) =>
    Array.from({ length: Math.min(widest, Math.ceil(width / 2)) }, (_, column) => {
      const [x, y] = [2 * column, 2 * row];
      const index = +isOn(x, y) + 2 * +isOn(x + 1, y) + 4 * +isOn(x, y + 1) + 8 * +isOn(x + 1, y + 1);
      return QUADRANTS[index]!;
    }).join(""),
  );
}

/** Five shades; a character, twice as high as wide, shows the mean of the pixels that it covers. */
function greys(values: ArrayLike<number>, width: number, height: number, widest: number): string[] {
  const columns = Math.min(widest, width);
  const rows = Math.max(1, Math.round((columns * height) / width / 2));
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      let count = 0;
      for (let y = Math.floor((row * height) / rows); y < ((row + 1) * height) / rows; y++) {
        for (let x = Math.floor((column * width) / columns); x < ((column + 1) * width) / columns; x++) {
          sum += values[y * width + x]!;
          count++;
        }
      }
      const shade = Math.floor(((sum / count + 1) / 2) * SHADES.length);
      return SHADES[Math.min(SHADES.length - 1, Math.max(0, shade))]!;
    }).join(""),
  );
}
