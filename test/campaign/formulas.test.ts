import { expect, it } from "vitest";
import { FormulaError } from "../../src/formulas/errors.js";
import { same } from "../../src/formulas/keys.js";
import { parseFormula } from "../../src/formulas/parse.js";
import { print } from "../../src/formulas/print.js";
import { callable, signatures } from "../../src/formulas/signatures.js";
import { type Random, random } from "../../src/tasks/index.js";
import { runs } from "../support/runs.js";
import { seed } from "../support/seed.js";

/** Formulas of one generator of random numbers: a fault is found again by its number. */
const TOGETHER = 1000;
/** A million where HEBBIAN_THOROUGH is set. */
const FORMULAS = TOGETHER * runs(1000);
const LIMIT_MS = 1000;

const names = ["pre", "post", "H", "w", "alpha", "\u03b7", "x_1", "constructor", "__proto__", "toString"];
const numbers = [
  "0",
  "1",
  "2.5",
  "1e-3",
  "1E+21",
  ".5",
  "5.",
  "1e999",
  "0x10",
  "1_000",
  "1n",
  "00",
  "-0",
  "1e-400",
];
const signs = [..."+-*/(),", " ", "-", "(", ")"];
const odd = [
  ..."^%<>=!~?:;[]{}'\"`\\@#$&|.".split(""),
  ...[
    "**",
    "==",
    "=>",
    "??",
    "?.",
    "//",
    "/*",
    "\n",
    "\t",
    "\0",
    "\u2028",
    "\ud800",
    "\u{1f9e0}",
    "\u2212",
    "\u00b7",
  ],
  ...["this", "null", "true", "new", "eval", "globalThis"],
];

const oneOf = <T>(rng: Random, items: readonly T[]): T => items[rng.integer(items.length)]!;

/** Any words in any order. */
function soup(rng: Random): string {
  const all = [names, numbers, signs, signs, odd, callable];
  return Array.from({ length: rng.integer(25) }, () => oneOf(rng, oneOf(rng, all))).join(
    oneOf(rng, ["", " "]),
  );
}

/** A formula as somebody would write it, with superfluous parentheses, signs and blanks. */
function written(rng: Random, depth: number): string {
  const inner = () => written(rng, depth - 1);
  const kind = depth === 0 ? rng.integer(2) : rng.integer(8);
  if (kind === 0) return oneOf(rng, names);
  if (kind === 1) return oneOf(rng, ["0", "1", "2.5", "1e-3", "1e21", ".5", "123456789"]);
  if (kind === 2) return `(${inner()})`;
  if (kind === 3) return `${oneOf(rng, ["-", "+", "- ", "--", "-+"])}${inner()}`;
  if (kind === 4) {
    const fn = oneOf(rng, callable);
    return `${fn}(${signatures[fn as keyof typeof signatures].args.map(inner).join(", ")})`;
  }
  return `${inner()}${oneOf(rng, ["+", " - ", " * ", "/", " + -"])}${inner()}`;
}

/** A formula with a slip or two in it. */
function slipped(rng: Random): string {
  let text = written(rng, 4);
  for (let slips = 1 + rng.integer(2); slips > 0; slips--) {
    const at = rng.integer(text.length + 1);
    const put = rng.integer(2) ? oneOf(rng, oneOf(rng, [signs, odd, numbers])) : "";
    text = text.slice(0, at) + put + text.slice(at + rng.integer(3));
  }
  return text;
}

/** Any characters at all. */
const noise = (rng: Random): string =>
  String.fromCharCode(
    ...Array.from({ length: rng.integer(30) }, () => rng.integer(rng.integer(2) ? 128 : 65536)),
  );

/** True if it parses. Throws for what is neither a formula nor refused as none. */
function survives(text: string): boolean {
  let formula: ReturnType<typeof parseFormula>;
  try {
    formula = parseFormula(text);
  } catch (error) {
    const { column, problem } = error as FormulaError;
    if (error instanceof FormulaError && problem !== "" && Number.isInteger(column) && column >= 0) {
      if (column <= text.length) return false;
    }
    throw error;
  }
  const printed = print(formula);
  const again = parseFormula(printed);
  if (!same(again, formula)) throw new Error(`is printed as ${printed}, which is another formula`);
  if (print(again) !== printed) throw new Error(`is printed as ${printed}, and that as ${print(again)}`);
  return true;
}

it(`${FORMULAS} texts are each a formula that prints and parses to itself, or refused with a place in them`, () => {
  console.log(`formulas: HEBBIAN_SEED=${seed}`);
  const kinds = [soup, (rng: Random) => written(rng, 1 + rng.integer(4)), slipped, noise];
  const { stackTraceLimit } = Error;
  // Nearly all of the time would be that of writing down stacks.
  Error.stackTraceLimit = 0;
  let [parsed, slowest, slowestText] = [0, 0, ""];
  try {
    for (let batch = 0; batch < FORMULAS / TOGETHER; batch++) {
      const rng = random(seed, "fuzzed formulas", batch);
      for (let k = 0; k < TOGETHER; k++) {
        const text = kinds[k % kinds.length]!(rng);
        const begun = performance.now();
        try {
          if (survives(text)) parsed++;
        } catch (error) {
          throw new Error(`text ${k} of batch ${batch}, ${JSON.stringify(text)}: ${error}`, { cause: error });
        }
        const took = performance.now() - begun;
        if (took > slowest) [slowest, slowestText] = [took, text];
      }
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  // Once more, for another process may have had the processor.
  const begun = performance.now();
  survives(slowestText);
  slowest = Math.min(slowest, performance.now() - begun);
  console.log(`formulas: ${parsed} of ${FORMULAS} parsed, the slowest in ${slowest.toFixed(2)} ms`);
  expect(slowest, slowestText).toBeLessThan(LIMIT_MS);
  expect(parsed).toBeGreaterThan(FORMULAS / 10);
});
