import { FONT_FAMILY, FONT_WEIGHTS, textWidth, type Weight, wrap } from "./font.js";

export const INK = "#1b1f24";
export const MUTED = "#5b6470";
export const FAINT = "#d5dae0";
/** Font sizes in pixels. */
export const TITLE_SIZE = 16;
export const LABEL_SIZE = 12;
export const SMALL_SIZE = 11;
/** White space around every figure. */
const MARGIN = 20;
/** A narrower body leaves no room for the title. */
const MIN_WIDTH = 320;

type Attributes = Readonly<Record<string, string | number>>;

/** XML 1.0 has no place for control characters, not even escaped. */
function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be removed
  return text.replace(/[\u0000-\u001f\ufffe\uffff]/g, " ").replace(/[&<>"]/g, (char) => entities[char]!);
}

/** An element; numbers are rounded to hundredths of a pixel. `inner` is markup. */
export function element(name: string, attributes: Attributes, inner = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : escaped(value);
    return ` ${key}="${text}"`;
  });
  return `<${name}${written.join("")}${inner === "" ? "/>" : `>${inner}</${name}>`}`;
}

export interface TextStyle {
  readonly size?: number;
  readonly weight?: Weight;
  readonly colour?: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** Lines of text; `y` is the top of the first, each is `lineHeight(size)` high. */
export function textLines(lines: readonly string[], x: number, y: number, style: TextStyle = {}): string {
  const { size = LABEL_SIZE, weight = "regular", colour = INK, anchor = "start" } = style;
  return lines
    .map((line, i) => {
      const baseline = y + i * lineHeight(size) + size;
      const attributes = { x, y: baseline, fill: colour, "font-size": size, "text-anchor": anchor };
      return element("text", { ...attributes, "font-weight": FONT_WEIGHTS[weight] }, escaped(line));
    })
    .join("");
}

export const lineHeight = (size: number): number => Math.round(size * 1.35);

/** The widest of some lines, in pixels. */
export const widest = (lines: readonly string[], size: number, weight: Weight = "regular"): number =>
  Math.max(0, ...lines.map((line) => textWidth(line, size, weight)));

export const translated = (x: number, y: number, inner: string): string =>
  element("g", { transform: `translate(${x},${y})` }, inner);

/**
 * A whole figure: white ground, title on top (broken into lines where it is long), `body` below it.
 * `body` is `bodyWidth` x `height` pixels with its origin in its upper left corner; margins are added around.
 */
export function figure(title: string, bodyWidth: number, height: number, body: string): string {
  const width = Math.max(bodyWidth, MIN_WIDTH);
  const titleLines = wrap(title, width, TITLE_SIZE, "bold");
  const bodyTop = MARGIN + titleLines.length * lineHeight(TITLE_SIZE) + 12;
  const full = { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(bodyTop + height + MARGIN) };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      ...full,
      viewBox: `0 0 ${full.width} ${full.height}`,
      role: "img",
      "font-family": FONT_FAMILY,
    },
    element("title", {}, escaped(title)) +
      element("rect", { ...full, fill: "white" }) +
      textLines(titleLines, MARGIN, MARGIN, { size: TITLE_SIZE, weight: "bold" }) +
      translated(MARGIN, bodyTop, body),
  );
}
