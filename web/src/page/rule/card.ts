import { GLYPH_SIDE, glyphs, halfOf } from "../../worker/glyphs.js";
import type { RuleMemory } from "../../worker/ruleMemory.js";
import { grouped } from "../grouped.js";
import { CHANCE, type Course, scoreOf, verdictOf } from "./ruleTraining.js";
import { linesOf } from "./typedRule.js";

/** What a card to be passed on says. */
export interface Card {
  readonly weight: string;
  readonly H: string;
  readonly more: string;
  readonly course: Course;
  readonly memory: RuleMemory | null;
  readonly address: string;
}

const [WIDTH, HEIGHT, EDGE] = [1200, 630, 56];
const [NIGHT, INK, SOFT, LINE, AMBER, BLUE] = [
  "#0a080e",
  "#f4eee4",
  "#b3adb9",
  "#35303f",
  "#ffb254",
  "#3c56b4",
];
const FACE = "Commissioner, system-ui, sans-serif";
const MONO = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** Where the curve is drawn, and where the pictures are. */
const PLOT = { left: EDGE, top: 330, width: 560, height: 190 };
const CELL = 20;

/** A picture of a rule, of how training with it went, and of what it remembers: 1200 x 630, as links are shown. */
export function paintCard(
  canvas: HTMLCanvasElement,
  { weight, H, more, course, memory, address }: Card,
): void {
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d")!;
  const write = (
    text: string,
    x: number,
    y: number,
    font: string,
    colour: string,
    width = WIDTH - EDGE - x,
  ) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y, width);
  };
  context.fillStyle = NIGHT!;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  write("My network learns by this rule", EDGE, 92, `600 42px ${FACE}`, INK!);
  write(`weight  ${weight}`, EDGE, 156, `26px ${MONO}`, AMBER!);
  write(`H ←     ${H}`, EDGE, 200, `26px ${MONO}`, AMBER!);
  write(
    linesOf(more)
      .map(({ text }) => text.trim())
      .join(";  "),
    EDGE,
    232,
    `18px ${MONO}`,
    SOFT!,
  );
  const score = scoreOf(course);
  if (score) {
    const share = `${(100 * score.error).toFixed(1)} % wrong after ${grouped(score.episode)} lives.`;
    write(`${share} ${verdictOf(score.error)}`, EDGE, 268, `600 28px ${FACE}`, INK!);
  }
  paintCourse(context, course);
  write("dashed: remembering nothing", PLOT.left, PLOT.top + PLOT.height + 28, `18px ${FACE}`, SOFT!);
  if (memory) {
    glyphs.forEach((glyph, which) => {
      const top = PLOT.top + which * (GLYPH_SIDE * CELL + 16) - 34;
      [glyph, halfOf(which), memory.restored[which]!].forEach((cells, column) => {
        paintCells(context, cells, 700 + column * (GLYPH_SIDE * CELL + 16), top);
      });
    });
  }
  write(address, EDGE, HEIGHT - 30, `18px ${FACE}`, SOFT!);
}

function paintCourse(context: CanvasRenderingContext2D, { episodes, errors }: Course): void {
  const { left, top, width, height } = PLOT;
  const most = episodes.at(-1) ?? 1;
  const y = (error: number) => top + height - Math.min(1, error / (1.2 * CHANCE)) * height;
  const stroke = (colour: string, points: readonly (readonly [number, number])[]) => {
    context.strokeStyle = colour;
    context.beginPath();
    for (const [at, to] of points) context.lineTo(at, to);
    context.stroke();
  };
  context.lineWidth = 2;
  stroke(LINE!, [
    [left, top],
    [left, top + height],
    [left + width, top + height],
  ]);
  context.setLineDash([8, 8]);
  stroke(SOFT!, [
    [left, y(CHANCE)],
    [left + width, y(CHANCE)],
  ]);
  context.setLineDash([]);
  context.lineWidth = 4;
  stroke(
    AMBER!,
    errors.map((error, k) => [left + (episodes[k]! / most) * width, y(error)]),
  );
}

function paintCells(
  context: CanvasRenderingContext2D,
  cells: ArrayLike<number>,
  left: number,
  top: number,
): void {
  for (let k = 0; k < GLYPH_SIDE ** 2; k++) {
    const value = Math.max(-1, Math.min(1, cells[k]!));
    context.globalAlpha = 1;
    context.fillStyle = "#17141f";
    const square = [
      left + (k % GLYPH_SIDE) * CELL,
      top + Math.floor(k / GLYPH_SIDE) * CELL,
      CELL - 2,
      CELL - 2,
    ] as const;
    context.fillRect(...square);
    context.globalAlpha = Math.abs(value);
    context.fillStyle = value > 0 ? AMBER! : BLUE!;
    context.fillRect(...square);
  }
  context.globalAlpha = 1;
}
