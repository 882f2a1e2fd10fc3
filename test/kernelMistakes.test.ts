import { describe, expect, test } from "vitest";
import type { Code, Operator } from "../src/devices/loops/nodes.js";
import { defineRule, kimiDelta } from "../src/rules/index.js";
import { testedRules } from "./rules.js";
import { interpretedDevice } from "./support/interpretedDevice.js";
import { checksOf, episodeOf, type Look, notices } from "./support/looks.js";
import { type Rewrite, rewrittenModule } from "./support/rewritten.js";

const complete = testedRules.at(-1)!;

// At the first moment signals are 0, as they come from neurons that are still silent.
const delta = episodeOf(kimiDelta, "step", "ahead", "read");
const all = episodeOf(complete, "step", "ahead", "read");
/** What it sums along a row is 1 where all that it takes is 0, as behind the last column. */
const counting = episodeOf(
  defineRule({
    name: "counting (of the tests)",
    traces: { H: 0 },
    reads: { total: { per: "pre", sum: "exp(post * H)" } },
    weight: "w + H",
    update: { H: "0.9 * H + 0.1 * pre * post + 0.001 * total" },
  }),
  "step",
  "step",
);

const isOp = (code: Code, op: Operator): code is Extract<Code, { kind: "op" }> =>
  code.kind === "op" && code.op === op;
/** Leaves out what is done where a word of this name is not 0. */
const without =
  (name: string): Rewrite =>
  (code) =>
    code.kind === "if" && code.condition.kind === "word" && code.condition.name === name
      ? { kind: "seq", parts: [] }
      : null;
/** A tile of a product takes its first vector for the second, too. */
const firstForSecond: Rewrite = (code, lanes) =>
  code.kind === "load" && code.what === "vector" && code.offset === 4 * lanes ? { ...code, offset: 0 } : null;

/** Mistakes that a schedule might make: in which kernels, what becomes of their nodes, and who should see it. */
const mistakes: readonly (readonly [what: string, kernels: string, Rewrite, Look])[] = [
  [
    "a sweep forgets what a product is added to",
    "sweep",
    (code) =>
      isOp(code, "vector.madd") ? { kind: "op", op: "vector.mul", args: code.args.slice(0, 2) } : null,
    delta,
  ],
  [
    "the second row of a block has the number of the first",
    "sweep",
    (code) =>
      code.kind === "load" && code.what === "splat" && code.offset === 4 ? { ...code, offset: 0 } : null,
    delta,
  ],
  [
    "lanes behind the last column get into a sum",
    "sweep",
    (code, lanes) => (code.kind === "mask" ? { ...code, lanes } : null),
    counting,
  ],
  [
    "the last turn over the columns is left out",
    "sweep",
    (code) =>
      code.kind === "for" && code.to.kind === "number" && code.to.value > 0
        ? { ...code, to: { ...code.to, value: code.to.value - 1 } }
        : null,
    delta,
  ],
  [
    "two sums over a row are taken for one",
    "sweep",
    (code) => (code.kind === "extract" && code.lane === 1 ? { ...code, lane: 0 } : null),
    delta,
  ],
  [
    "the adjoint of a row is overwritten",
    "sweep",
    (code) =>
      code.kind === "store" && code.what === "f32" && isOp(code.value, "f32.add")
        ? { ...code, value: code.value.args[1]! }
        : null,
    all,
  ],
  [
    "rows that fill no block are left out",
    "sweep",
    (code) => (code.kind === "if" && isOp(code.condition, "i32.lt") ? { ...code, otherwise: null } : null),
    delta,
  ],
  ["a map leaves out the rest of a row", "map", without("tailMask"), checksOf("map", 4)],
  [
    "the largest of a row is at least 0",
    "map",
    (code) =>
      code.kind === "splat" && code.value === Number.NEGATIVE_INFINITY ? { ...code, value: 0 } : null,
    checksOf("map", 4),
  ],
  [
    "the sum of the first thread is taken for that of all",
    "combine",
    (code) =>
      code.kind === "for" && code.to.kind === "word" && code.to.name === "count"
        ? { ...code, to: { kind: "number", type: "i32", value: 1 } }
        : null,
    all,
  ],
  ["a product takes a vector twice", "matmul", firstForSecond, checksOf("matmul")],
  ["a sum over pairs takes a vector twice", "outerSum", firstForSecond, checksOf("outerSum")],
  ["a convolution takes a vector twice", "convolve", firstForSecond, checksOf("convolve")],
  [
    "Adam takes no root",
    "adam",
    (code) => (isOp(code, "vector.sqrt") ? code.args[0]! : null),
    checksOf("adam"),
  ],
  [
    "the last vector of a buffer is not zeroed",
    "zero",
    (code, lanes) => {
      if (code.kind !== "fill") return null;
      const vector = { kind: "number", type: "i32", value: 4 * lanes } as const;
      return { ...code, size: { kind: "op", op: "i32.sub", args: [code.size, vector] } };
    },
    checksOf("fill"),
  ],
];

describe("the checks of a device, at sixteen lanes on two threads,", () => {
  // Of single methods, lanes.test.ts has as much.
  test("find nothing where nothing was changed", () => {
    const device = interpretedDevice(16, 2);
    for (const look of [delta, all, counting]) expect(notices(look, device)).toBe(false);
  });

  test.each(mistakes)("notice when %s", (_, kernels, rewrite, look) => {
    let planted = 0;
    const counted: Rewrite = (code, lanes) => {
      const now = rewrite(code, lanes);
      if (now) planted++;
      return now;
    };
    const device = interpretedDevice(16, 2, (module) => rewrittenModule(module, kernels, counted));
    const noticed = notices(look, device);
    expect({ planted: planted > 0, noticed }).toEqual({ planted: true, noticed: true });
  });
});
