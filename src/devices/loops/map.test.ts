import { describe, expect, it } from "vitest";
import { interpreted } from "../../../test/support/interpret.js";
import { parseFormula } from "../../formulas/index.js";
import { random } from "../../tasks/index.js";
import { type Extent, mapPass } from "../passes/map.js";
import { mapWords } from "./map.js";
import { schedule } from "./schedule.js";
import { strideOf, type Target } from "./target.js";

/** Rows of the pass, and columns: a row's rest alone, whole vectors alone, both. */
const sizes = [
  [1, 1],
  [3, 3],
  [2, 8],
  [4, 13],
] as const;
const extents: readonly Extent[] = ["full", "row", "column", "single"];

/** Rows and columns of a buffer of an extent. */
const shapeOf = (extent: Extent, rows: number, cols: number): [number, number] => [
  extent === "full" || extent === "column" ? rows : 1,
  extent === "full" || extent === "row" ? cols : 1,
];

/** The map `e = x * y + 1` of every pair of extents, carried out by the interpreter, beside plain loops in float64. */
function run(
  [x, y]: readonly [Extent, Extent],
  output: Extent,
  accumulate: boolean,
  [rows, cols]: readonly [number, number],
  lanes: number,
) {
  const on: Target = { lanes, wordBytes: 4, registers: 16, fma: false, exact: false };
  const rng = random(0, "map", rows * 100 + cols);
  const program = { inputs: ["x", "y"], outputs: [parseFormula("x * y + 1")] };
  const pass = mapPass(program, { inputs: [x, y], outputs: [output], accumulate });
  const view = new DataView(new ArrayBuffer(1 << 14));
  let end = 64;
  const buffers = [x, y, output].map((extent, k) => {
    const [height, width] = shapeOf(extent, rows, cols);
    const stride = strideOf(width, on) * 4;
    const begin = end;
    end += height * stride + 64;
    // A sum over everything has a float64.
    const isDouble = k === 2 && extent === "single";
    const before = Array.from({ length: height * width }, () => Math.fround(rng.normal()));
    const at = (i: number, j: number) => begin + i * stride + 4 * j;
    before.forEach((value, n) => {
      const address = at(Math.floor(n / width), n % width);
      if (isDouble) view.setFloat64(address, value, true);
      else view.setFloat32(address, value, true);
    });
    const index = (i: number, j: number) => (height === 1 ? 0 : i) * width + (width === 1 ? 0 : j);
    const read = () =>
      before.map((_, n) =>
        isDouble ? view.getFloat64(begin, true) : view.getFloat32(at(Math.floor(n / width), n % width), true),
      );
    // Of a sum, the stride is that between two threads' slots.
    return { begin, stride: height === 1 && rows > 1 ? 0 : stride, before, index, read };
  });
  const rest = cols % lanes;
  const mask = end;
  for (let k = 0; k < lanes; k++) view.setInt32(mask + 4 * k, k < rest ? -1 : 0, true);
  const words = end + 4 * lanes;
  const places = buffers.flatMap(({ begin, stride }) => [begin, stride]);
  mapWords(Math.floor(cols / lanes) * 4 * lanes, rest > 0 ? mask : 0, places).forEach((word, k) => {
    view.setInt32(words + 4 * k, word, true);
  });
  const module = schedule(pass, on, null);
  const [f] = module.functions.filter(({ exported }) => exported === "map");
  interpreted(f!, module.functions, { view, origin: 0 })(words, 0, rows, 0);
  const [inX, inY, out] = buffers as [
    (typeof buffers)[number],
    (typeof buffers)[number],
    (typeof buffers)[number],
  ];
  const adds = accumulate || output === "row" || output === "single";
  const expected = out.before.map((value) => (adds ? value : 0));
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++)
      expected[out.index(i, j)]! += inX.before[inX.index(i, j)]! * inY.before[inY.index(i, j)]! + 1;
  return { got: out.read(), expected };
}

describe.each(extents)("a map to an output of extent %s", (output) => {
  it.each([4, 8])("is what plain loops make of it, with %i lanes, whatever its inputs' extents", (lanes) => {
    for (const size of sizes)
      for (const x of extents)
        for (const accumulate of [false, true]) {
          // What is smaller than the extent is not the map's shape alone: one input spans it.
          const { got, expected } = run(["full", x], output, accumulate, size, lanes);
          expected.forEach((value, k) => {
            const where = `${output} of full, ${x}; ${size.join(" x ")}; ${accumulate ? "adds" : "stores"}; ${k}`;
            expect(Math.abs(got[k]! - value) / Math.max(1, Math.abs(value)), where).toBeLessThan(1e-5);
          });
        }
  });
});
