import { describe, expect, it } from "vitest";
import { interpreted } from "../../../test/support/interpret.js";
import { parseFormula } from "../../formulas/index.js";
import { random } from "../../tasks/index.js";
import type { MapProgram } from "../device.js";
import { mapPass } from "../passes/map.js";
import { mapWords } from "./map.js";
import { schedule } from "./schedule.js";
import { strideOf, type Target } from "./target.js";

const program: MapProgram = {
  inputs: ["x", "b"],
  reductions: [
    { name: "m", how: "max", formula: parseFormula("x * b") },
    { name: "n", how: "sum", formula: parseFormula("less(x, b)") },
    { name: "s", how: "sum", formula: parseFormula("exp(x * b - m)") },
    { name: "unused", how: "sum", formula: parseFormula("log(0 - x * x)") },
  ],
  outputs: [parseFormula("exp(x * b - m) / s")],
  rowOutputs: [parseFormula("m + n * s")],
};

/** The map carried out by the interpreter: what it leaves in its outputs, `x` below zero everywhere (padding is not the largest). */
function run(rows: number, cols: number, lanes: number) {
  const on: Target = { lanes, wordBytes: 4, registers: 16, fma: false, exact: false };
  const pass = mapPass(program, {
    ...{ inputs: ["full", "row"], outputs: ["full"], rowOutputs: [true], accumulate: false },
  });
  const view = new DataView(new ArrayBuffer(1 << 14));
  let end = 64;
  const place = (height: number, width: number) => {
    const [begin, stride] = [end, strideOf(width, on) * 4];
    end += height * stride + 64;
    return { begin, stride, at: (i: number, j: number) => begin + i * stride + 4 * j };
  };
  const [x, b, y, r] = [place(rows, cols), place(1, cols), place(rows, cols), place(rows, 1)];
  const rng = random(0, "rows", rows * 100 + cols);
  for (let j = 0; j < cols; j++) {
    view.setFloat32(b.at(0, j), 0.5 + rng.uniform(), true);
    for (let i = 0; i < rows; i++) view.setFloat32(x.at(i, j), -5 - 3 * rng.uniform(), true);
  }
  const rest = cols % lanes;
  const mask = end;
  for (let k = 0; k < lanes; k++) view.setInt32(mask + 4 * k, k < rest ? -1 : 0, true);
  const places = [x.begin, x.stride, b.begin, 0, y.begin, y.stride, r.begin, r.stride];
  mapWords(Math.floor(cols / lanes) * 4 * lanes, rest > 0 ? mask : 0, places).forEach((word, k) => {
    view.setInt32(mask + 4 * lanes + 4 * k, word, true);
  });
  const module = schedule(pass, on, null);
  const [f] = module.functions.filter(({ exported }) => exported === "map");
  interpreted(f!, module.functions, { view, origin: 0 })(mask + 4 * lanes, 0, rows, 0);
  const read = (of: typeof x, i: number, j: number) => view.getFloat32(of.at(i, j), true);
  return { x, b, y, r, read };
}

describe.each([4, 8])("what a map needs of its whole row, with %i lanes,", (lanes) => {
  it.each([
    [1, 1],
    [3, 3],
    [2, 8],
    [4, 13],
  ])("is found before its outputs, padding left out: %i x %i", (rows, cols) => {
    const { x, b, y, r, read } = run(rows, cols, lanes);
    for (let i = 0; i < rows; i++) {
      const row = Array.from({ length: cols }, (_, j) => [read(x, i, j), read(b, 0, j)] as const);
      const m = Math.max(...row.map(([a, c]) => a * c));
      const s = row.reduce((sum, [a, c]) => sum + Math.exp(a * c - m), 0);
      const n = row.filter(([a, c]) => a < c).length;
      expect(read(r, i, 0)).toBeCloseTo(m + n * s, 4);
      row.forEach(([a, c], j) => {
        expect(read(y, i, j)).toBeCloseTo(Math.exp(a * c - m) / s, 5);
      });
    }
  });
});
