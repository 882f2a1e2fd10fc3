import fc from "fast-check";
import { type ConvolutionShape, convolutionSizes } from "../src/devices/convolution.js";
import type { Buffer, MapProgram } from "../src/devices/device.js";
import { parseFormula } from "../src/formulas/index.js";
import { convolutionShapes } from "./convolutionShapes.js";
import { check, extent, few, shaped, size } from "./deviceCheck.js";
import { uniformNumbers } from "./graph.js";
import type { ParityCheck } from "./parity.js";

const programs: readonly MapProgram[] = (
  [
    ["y + b", "y - 2"],
    ["tanh(y + b)", "sigmoid(y) * b"],
    ["-y * b + clip(y, -0.2, b)", "min(y, b) + max(y, 0.1)"],
    ["exp(y) / (2 + b * b)", "sqrt(abs(y)) + log(1.5 + b)"],
    ["where(less(y, b), y, 3)", "sign(y) * within(b, 0, 0.5)"],
  ] as const
).map((formulas) => ({ inputs: ["y", "b"], outputs: formulas.map((formula) => parseFormula(formula)) }));

/** What needs to know of its whole row: the sums of several that need nothing of each other, and one that needs them. */
const ofRows: MapProgram = {
  inputs: ["y", "b"],
  reductions: [
    { name: "m", how: "max", formula: parseFormula("y * b") },
    { name: "p", how: "sum", formula: parseFormula("within(y, 0, b)") },
    { name: "s", how: "sum", formula: parseFormula("exp(y * b - m) + 0.1") },
  ],
  outputs: [parseFormula("exp(y - m) / s"), parseFormula("b * s + y * p")],
  rowOutputs: [parseFormula("m + log(s) - 2 * p")],
};

const specials = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  1e-30,
  20,
  -20,
  100,
  -100,
];
const unary = [
  "tanh(y)",
  "sigmoid(y)",
  "exp(y)",
  "sqrt(y)",
  "log(y)",
  "abs(y)",
  "clip(y, -1, 1)",
  "min(y, 1)",
];

const awkwardShapes = convolutionShapes(fc.constantFrom(1, 3, 4, 5, 65), fc.constantFrom(1, 3, 8, 13, 51), 6);

/** Rows and columns of a convolution's buffers. */
function convolutionBuffers(shape: ConvolutionShape, images: number) {
  const { outHeight, outWidth, fanIn } = convolutionSizes(shape);
  return {
    x: [images * shape.height, shape.width * shape.channels],
    weight: [fanIn, shape.filters],
    bias: [1, shape.filters],
    out: [images * outHeight, outWidth * shape.filters],
  } as const;
}

export const deviceChecks: readonly ParityCheck[] = [
  check(
    "fill",
    "fills every element and nothing else",
    fc.record({ rows: size, cols: size }),
    (bench, { rows, cols }) => {
      const targets = [bench.guarded("first", rows, cols), bench.guarded("second", 1, cols)];
      bench.device.fill(targets, 0.25);
      return bench.outcome();
    },
  ),

  check(
    "fill",
    "fills buffers that were allocated one after another",
    fc.record({ rows: size, cols: size }),
    (bench, given) => {
      const { device } = bench;
      const buffers = [1, 2, 3].map(() => device.allocate(given.rows, given.cols));
      device.fill(buffers, 2.5);
      device.fill(buffers.slice(1, 2), 0);
      const outcome = Object.fromEntries(buffers.map((buffer, k) => [`buffer ${k}`, device.read(buffer)]));
      for (const buffer of buffers) device.release(buffer);
      return outcome;
    },
  ),

  check("copy", "copies every element", fc.record({ rows: size, cols: size }), (bench, { rows, cols }) => {
    bench.device.copy(bench.random(rows, cols), bench.guarded("to", rows, cols));
    return bench.outcome();
  }),

  check(
    "view",
    "shares memory with the whole",
    fc.record({ rows: size, cols: size, from: few }),
    (bench, given) => {
      const { device } = bench;
      const whole = bench.random(given.from + given.rows, given.cols);
      const view = device.view(whole, given.from, given.rows);
      const before = device.read(view);
      device.write(
        view,
        before.map((value) => value + 1),
      );
      return { before, whole: device.read(whole), inner: device.read(device.view(view, given.rows - 1, 1)) };
    },
  ),

  check(
    "allocate",
    "gives zeros, and `read` what `write` wrote",
    fc.record({ rows: size, cols: size }),
    (bench, given) => {
      const { device } = bench;
      const buffer = device.allocate(given.rows, given.cols);
      const fresh = device.read(buffer);
      device.write(buffer, uniformNumbers(3, "written", given.rows * given.cols));
      device.reset();
      const outcome = { fresh, written: device.read(buffer) };
      device.release(buffer);
      return outcome;
    },
  ),

  check(
    "gatherRows",
    "takes rows by their numbers",
    fc.record({ tableRows: size, rows: size, cols: size }),
    (bench, { tableRows, rows, cols }) => {
      const indexes = Array.from({ length: rows }, (_, r) => (r * 7 + 3) % tableRows);
      const table = bench.random(tableRows, cols);
      bench.device.gatherRows(table, bench.holding(rows, 1, indexes), bench.guarded("out", rows, cols));
      return bench.outcome();
    },
  ),

  check(
    "scatterRows",
    "adds to rows by their numbers, to some of them many times",
    fc.record({ tableRows: size, rows: size, cols: size }),
    (bench, { tableRows, rows, cols }) => {
      const indexes = Array.from({ length: rows }, (_, r) => (r * r) % tableRows);
      const table = bench.guarded("table", tableRows, cols);
      bench.device.scatterRows(bench.random(rows, cols), bench.holding(rows, 1, indexes), table);
      return bench.outcome();
    },
  ),

  check(
    "copyBlock",
    "copies or adds columns, and rows to parts of longer rows",
    fc.record({
      rows: few,
      parts: few,
      columns: size,
      before: few,
      after: few,
      accumulate: fc.boolean(),
      splits: fc.boolean(),
    }),
    (bench, { rows, parts, columns, before, after, accumulate, splits }) => {
      const block = (buffer: Buffer, column: number, of: number) => ({ buffer, column, columns: of });
      const [wide, narrow] = [
        { rows, cols: before + parts * columns + after, column: before, of: parts * columns },
        { rows: rows * parts, cols: 1 + columns, column: 1, of: columns },
      ];
      const [from, to] = splits ? [wide, narrow] : [narrow, wide];
      const source = bench.random(from.rows, from.cols);
      const target = bench.guarded("to", to.rows, to.cols);
      bench.device.copyBlock(
        block(source, from.column, from.of),
        block(target, to.column, to.of),
        accumulate,
      );
      return bench.outcome();
    },
  ),

  check(
    "copyBlock",
    "leaves zeros after the last columns, which products run over",
    fc.record({ rows: size, columns: size, inner: few }),
    (bench, { rows, columns, inner }) => {
      const { device } = bench;
      const x = device.scratch(rows, columns);
      const whole = { column: 0, columns };
      device.copyBlock({ buffer: bench.random(rows, columns), ...whole }, { buffer: x, ...whole }, false);
      device.matmul(bench.guarded("out", rows, inner), x, bench.random(inner, columns), { transposeB: true });
      return bench.outcome();
    },
  ),

  check(
    "matmul",
    "multiplies, transposed or not, overwriting or adding",
    fc.record({ rows: size, inner: size, cols: size, transposeB: fc.boolean(), accumulate: fc.boolean() }),
    (bench, { rows, inner, cols, ...options }) => {
      const a = bench.random(rows, inner);
      const b = options.transposeB ? bench.random(cols, inner) : bench.random(inner, cols);
      bench.device.matmul(bench.guarded("out", rows, cols), a, b, options);
      return bench.outcome();
    },
  ),

  check(
    "outerSum",
    "adds the outer products of all pairs and rows",
    fc.record({ n: size, m: size, rows: fc.array(few, { maxLength: 5 }) }),
    (bench, { n, m, rows }) => {
      const pairs = rows.map((count) => ({ x: bench.random(count, n), d: bench.random(count, m) }));
      bench.device.outerSum(bench.guarded("out", n, m), pairs);
      return bench.outcome();
    },
  ),

  check(
    "outerSum",
    "adds many steps of a batch of episodes, twice",
    fc.record({ n: size, m: size, batch: few, steps: fc.constantFrom(15, 16, 40) }),
    (bench, { n, m, batch, steps }) => {
      bench.device.beginEpisode(batch);
      const pairs = Array.from({ length: steps }, () => ({
        x: bench.random(batch, n),
        d: bench.random(batch, m),
      }));
      for (const name of ["first", "second"]) bench.device.outerSum(bench.guarded(name, n, m), pairs);
      return bench.outcome();
    },
  ),

  check(
    "convolve",
    "convolves all images at once",
    fc.record({ shape: awkwardShapes, images: few }),
    (bench, { shape, images }) => {
      const { x, weight, bias, out } = convolutionBuffers(shape, images);
      bench.device.convolve(shape, {
        x: bench.random(...x),
        weight: bench.random(...weight),
        bias: bench.random(...bias),
        out: bench.guarded("out", ...out),
      });
      return bench.outcome();
    },
  ),

  check(
    "convolveBack",
    "adds the adjoint of the images",
    fc.record({ shape: awkwardShapes, images: few }),
    (bench, { shape, images }) => {
      const { x, weight, out } = convolutionBuffers(shape, images);
      bench.device.convolveBack(shape, {
        x: bench.guarded("x", ...x),
        weight: bench.random(...weight),
        out: bench.random(...out),
      });
      return bench.outcome();
    },
  ),

  check(
    "convolveWeights",
    "adds the gradients of weight and bias",
    fc.record({ shape: awkwardShapes, images: few }),
    (bench, { shape, images }) => {
      const { x, weight, bias, out } = convolutionBuffers(shape, images);
      bench.device.convolveWeights(shape, {
        x: bench.random(...x),
        weight: bench.guarded("weight", ...weight),
        bias: bench.guarded("bias", ...bias),
        out: bench.random(...out),
      });
      return bench.outcome();
    },
  ),

  check(
    "map",
    "broadcasts inputs, and sums outputs over what they lack",
    fc.record({
      program: fc.constantFrom(...programs),
      rows: size,
      cols: size,
      input: extent,
      outputs: fc.tuple(fc.option(extent), fc.option(extent)),
      accumulate: fc.boolean(),
    }),
    (bench, { program, rows, cols, input, outputs, accumulate }) => {
      const inputs = [bench.random(rows, cols), bench.random(...shaped(input, rows, cols))];
      const targets = outputs.map(
        (kind, k) => kind && bench.guarded(`output ${k}`, ...shaped(kind, rows, cols)),
      );
      bench.device.map(program, inputs, targets, accumulate);
      return bench.outcome();
    },
  ),

  check(
    "map",
    "knows sums and largest values of each row, and leaves numbers of a row",
    fc.record({
      rows: size,
      cols: size,
      input: extent,
      outputs: fc.tuple(fc.option(extent), fc.option(extent)),
      ofRow: fc.boolean(),
      accumulate: fc.boolean(),
    }),
    (bench, { rows, cols, input, outputs, ofRow, accumulate }) => {
      const inputs = [bench.random(rows, cols), bench.random(...shaped(input, rows, cols))];
      const targets = outputs.map(
        (kind, k) => kind && bench.guarded(`output ${k}`, ...shaped(kind, rows, cols)),
      );
      const row = ofRow ? bench.guarded("row output", rows, 1) : null;
      bench.device.map(ofRows, inputs, [...targets, row], accumulate);
      return bench.outcome();
    },
  ),

  check(
    "map",
    "spreads one number over a larger output",
    fc.record({ rows: size, cols: size, accumulate: fc.boolean() }),
    (bench, { rows, cols, accumulate }) => {
      const program = { inputs: ["y"], outputs: [parseFormula("3 * y")] };
      bench.device.map(program, [bench.random(1, 1)], [bench.guarded("out", rows, cols)], accumulate);
      return bench.outcome();
    },
  ),

  check(
    "map",
    "works in place, and adds twice to an output that is given twice",
    fc.record({ program: fc.constantFrom(...programs), rows: size, cols: size }),
    (bench, { program, rows, cols }) => {
      const y = bench.guarded("y", rows, cols);
      const twice = bench.guarded("twice", 1, cols);
      const b = bench.random(1, cols);
      bench.device.map(program, [y, b], [twice, twice], true);
      bench.device.map(program, [y, b], [y, null], false);
      return bench.outcome();
    },
  ),

  check("map", "treats NaN and infinities as IEEE 754 does", fc.constantFrom(...unary), (bench, formula) => {
    const out = bench.guarded("out", 1, 1);
    const each = specials.map((value) => {
      const program = { inputs: ["y"], outputs: [parseFormula(formula)] };
      bench.device.map(program, [bench.holding(1, 1, [value])], [out], false);
      // exp(100) is finite in float64 only.
      return Math.fround(bench.device.read(out)[0]!);
    });
    return Object.fromEntries(specials.map((value, k) => [`${formula} at ${value}`, [each[k]!]]));
  }),

  check(
    "adam",
    "moves parameters as Adam does, with decay and a scale on the gradient",
    fc.record({ rows: size, cols: size, weightDecay: fc.constantFrom(0, 0.1), scaled: fc.boolean() }),
    (bench, { rows, cols, weightDecay, scaled }) => {
      const param = bench.guarded("param", rows, cols);
      const [m, v] = [bench.guarded("m", rows, cols), bench.guarded("v", rows, cols)];
      bench.device.fill([m, v], 0);
      const scale = scaled ? bench.random(1, 1, 0.2, 0.9) : undefined;
      for (let step = 1; step <= 3; step++) {
        const grad = bench.random(rows, cols);
        bench.device.adam({
          param,
          grad,
          m,
          v,
          lr: 0.1,
          beta1: 0.9,
          beta2: 0.999,
          eps: 1e-4,
          weightDecay,
          step,
          scale,
        });
      }
      return bench.outcome();
    },
  ),

  check(
    "clipScale",
    "measures the norm of all gradients together",
    fc.record({
      shapes: fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 4 }),
      maxNorm: fc.constantFrom(0.1, 1e4),
    }),
    (bench, { shapes, maxNorm }) => {
      const grads = shapes.map(([rows, cols]) => bench.random(rows, cols));
      bench.device.clipScale(grads, maxNorm, bench.guarded("scale", 1, 1), bench.guarded("norm", 1, 1));
      return bench.outcome();
    },
  ),

  check("clipScale", "leaves zero gradients alone", fc.constant(null), (bench) => {
    bench.device.clipScale(
      [bench.holding(1, 3, [0, 0, 0])],
      1,
      bench.guarded("scale", 1, 1),
      bench.guarded("norm", 1, 1),
    );
    return bench.outcome();
  }),

  check(
    "allFinite",
    "finds a NaN or an infinity wherever it is",
    fc.record({ rows: size, cols: size, at: fc.nat(), bad: fc.constantFrom(...specials.slice(0, 3), 1e30) }),
    (bench, { rows, cols, at, bad }) => {
      const buffers = [bench.random(1, 3), bench.random(rows, cols)];
      const clean = bench.device.allFinite(buffers);
      bench.device.write(
        buffers[1]!,
        bench.device.read(buffers[1]!).fill(bad, at % (rows * cols), (at % (rows * cols)) + 1),
      );
      return { clean: [Number(clean)], dirty: [Number(bench.device.allFinite(buffers))] };
    },
  ),
];
