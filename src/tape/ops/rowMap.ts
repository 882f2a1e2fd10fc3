import type { MapProgram, Reduction } from "../../devices/device.js";
import {
  call,
  derive,
  exchange,
  type Formula,
  name,
  namesIn,
  number,
  parseFormula,
  simplify,
} from "../../formulas/index.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/** Equations of a row, as text. */
export interface RowEquations {
  readonly inputs: readonly string[];
  /**
   * Numbers that a row has one of, in order: each the sum, or the largest, of a formula over inputs and those before it. The
   * largest is taken as a constant on the way back: it may be what numbers are told from, and nothing that a result depends on.
   */
  readonly reductions: Readonly<Record<string, { readonly sum: string } | { readonly max: string }>>;
  /** Over inputs and reductions: [rows, cols] each. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Over reductions, and inputs of one column that need no adjoint: [rows, 1] each. */
  readonly rowOutputs?: Readonly<Record<string, string>>;
}

/** A computation on whole rows, differentiated once. */
export interface RowMapDefinition {
  readonly equations: RowEquations;
  readonly forward: MapProgram;
  /** Forward, and every reduction left as a row output, for the way back. */
  readonly recorded: MapProgram;
  /** Output i: the adjoint of input i. */
  readonly backward: MapProgram;
  /** The inputs of `backward`, by their places among those of `forward`, its outputs, the adjoints of its results, its reductions. */
  readonly backwardInputs: readonly number[];
}

const adjointOf = (what: string) => `adjoint(${what})`;
const sumOf = (terms: readonly Formula[]): Formula => terms.reduce((a, b) => call("add", a, b), number(0));
const product = (a: Formula, b: Formula): Formula => call("mul", a, b);

/**
 * Defines a computation on whole rows, e.g. softmax: `{ inputs: ["x"], reductions: { m: { max: "x" }, s: { sum: "exp(x - m)" } },
 * outputs: { y: "exp(x - m) / s" } }`. Forward it goes over a row once for each reduction that needs another one, and once for
 * its outputs; its adjoint is derived, and goes over each row in the same way, with what forward found out about it.
 *
 * @throws FormulaError for an equation that cannot be read; Error for one that names what it cannot know
 */
export function defineRowMap(equations: RowEquations): RowMapDefinition {
  const { inputs, outputs = {}, rowOutputs = {} } = equations;
  const reductions: Reduction[] = [];
  for (const [key, equation] of Object.entries(equations.reductions)) {
    const [how, text] =
      "sum" in equation ? (["sum", equation.sum] as const) : (["max", equation.max] as const);
    const known = [...inputs, ...reductions.map((each) => each.name)];
    reductions.push({ name: key, how, formula: parsed(key, text, known) });
  }
  const known = [...inputs, ...reductions.map((each) => each.name)];
  const parsedAll = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([key, text]) => ({ key, formula: parsed(key, text, known) }));
  const [full, ofRows] = [parsedAll(outputs), parsedAll(rowOutputs)];
  const forward: MapProgram = {
    inputs,
    reductions,
    outputs: full.map(({ formula }) => formula),
    rowOutputs: ofRows.map(({ formula }) => formula),
  };
  const kept = reductions.map((each) => name(each.name));
  return {
    equations,
    forward,
    recorded: { ...forward, rowOutputs: [...forward.rowOutputs!, ...kept] },
    ...backwardOf(inputs, reductions, full, ofRows),
  };
}

function parsed(key: string, text: string, known: readonly string[]): Formula {
  const formula = parseFormula(text);
  for (const used of namesIn(formula)) {
    if (known.includes(used)) continue;
    throw new Error(`defineRowMap: "${key} = ${text}" uses ${used}; it may use ${known.join(", ")}`);
  }
  return formula;
}

interface Keyed {
  readonly key: string;
  readonly formula: Formula;
}

/**
 * Reverse mode over the row: the adjoint of a reduction, one number of the row, is the sum over the columns of what outputs and
 * later sums make of it, and what row outputs do. From the last to the first, each is a reduction of the way back.
 */
function backwardOf(
  inputs: readonly string[],
  reductions: readonly Reduction[],
  outputs: readonly Keyed[],
  rowOutputs: readonly Keyed[],
): Pick<RowMapDefinition, "backward" | "backwardInputs"> {
  const resultOf = (key: string) => `result(${key})`;
  const fromResults = (formula: Formula) =>
    outputs.reduce((rest, { key, formula: result }) => exchange(rest, result, name(resultOf(key))), formula);
  const chained = (of: readonly Keyed[], by: string) =>
    of.map(({ key, formula }) => product(name(adjointOf(key)), fromResults(derive(formula, by))));
  const back: Reduction[] = [];
  /** Sums, last first, with the adjoint that each has. */
  const sums: { readonly formula: Formula; readonly adjoint: Formula }[] = [];
  const throughSums = (by: string) =>
    sums.map(({ formula, adjoint }) => product(adjoint, derive(formula, by)));
  for (const { name: key, how, formula } of [...reductions].reverse()) {
    if (how === "max") continue;
    const along = simplify(sumOf([...chained(outputs, key), ...throughSums(key)]));
    const ofRow = simplify(sumOf(chained(rowOutputs, key)));
    const isNothing = along.kind === "number" && along.value === 0;
    if (!isNothing) back.push({ name: adjointOf(key), how: "sum", formula: along });
    sums.push({ formula, adjoint: isNothing ? ofRow : simplify(sumOf([name(adjointOf(key)), ofRow])) });
  }
  const adjoints = inputs.map((input) =>
    simplify(sumOf([...chained(outputs, input), ...throughSums(input)])),
  );
  const all = [
    ...inputs,
    ...outputs.map(({ key }) => resultOf(key)),
    ...[...outputs, ...rowOutputs].map(({ key }) => adjointOf(key)),
    ...reductions.map((each) => each.name),
  ];
  const used = new Set(
    [...adjoints, ...back.map(({ formula }) => formula)].flatMap((each) => [...namesIn(each)]),
  );
  const places = all.flatMap((each, place) => (used.has(each) ? [place] : []));
  const backward = { inputs: places.map((place) => all[place]!), reductions: back, outputs: adjoints };
  return { backward, backwardInputs: places };
}

/**
 * Applies a definition to tensors; one of one row, one column or one element is used for all. Outputs are [rows, cols], row outputs
 * [rows, 1], in the definition's order.
 *
 * @throws RangeError for another number of tensors, or shapes that do not broadcast; Error where a row output names a tensor that
 *   needs an adjoint
 */
export function rowMap(tape: Tape, definition: RowMapDefinition, inputs: readonly Tensor[]): Tensor[] {
  const { device } = tape;
  const { equations, forward, recorded, backward, backwardInputs } = definition;
  const { inputs: names } = equations;
  if (inputs.length !== names.length) {
    throw new RangeError(
      `rowMap: expected ${names.length} tensors (${names.join(", ")}), got ${inputs.length}`,
    );
  }
  const rows = Math.max(...inputs.map((input) => input.rows));
  const cols = Math.max(...inputs.map((input) => input.cols));
  const ofRows = new Set(forward.rowOutputs!.flatMap((formula) => [...namesIn(formula)]));
  inputs.forEach((input, i) => {
    const where = `rowMap: ${names[i]}`;
    if ((input.rows !== rows && input.rows !== 1) || (input.cols !== cols && input.cols !== 1)) {
      throw new RangeError(`${where} must be [${rows} or 1, ${cols} or 1], got ${input.shape}`);
    }
    if (!ofRows.has(names[i]!)) return;
    if (input.cols !== 1) throw new RangeError(`${where} must have 1 column, got ${input.shape}`);
    if (input.differentiable)
      throw new Error(`${where} must need no adjoint, as an output of the row names it`);
  });
  const results = (count: number, width: number) =>
    Array.from({ length: count }, () => tape.result(device.scratch(rows, width), inputs));
  const outputs = [...results(forward.outputs.length, cols), ...results(forward.rowOutputs!.length, 1)];
  const isRecorded = outputs[0]!.differentiable;
  // Of the reductions, only those that the way back needs are kept.
  const before = inputs.length + forward.outputs.length + outputs.length;
  const kept = isRecorded
    ? forward.reductions!.map((_, k) =>
        backwardInputs.includes(before + k) ? device.scratch(rows, 1) : null,
      )
    : [];
  device.map(
    isRecorded ? recorded : forward,
    inputs.map(({ value }) => value),
    [...outputs.map(({ value }) => value), ...kept],
    false,
  );
  if (isRecorded) {
    const isWhole = (t: Tensor) => t.rows === rows && t.cols === cols;
    const wanted = inputs.filter((t) => t.differentiable);
    const touched = { sets: wanted.filter(isWhole), adds: wanted.filter((t) => !isWhole(t)) };
    tape.onBackward(touched, (how) => {
      const values = [...inputs, ...outputs.slice(0, forward.outputs.length)].map(({ value }) => value);
      const all = [...values, ...outputs.map(({ grad }) => grad!), ...kept];
      const needed = backwardInputs.map((place) => all[place]!);
      const modes = inputs.map((t) => (t.differentiable ? how(t) : "same"));
      for (const mode of ["overwrite", "add"] as const) {
        const grads = inputs.map((t, i) => (modes[i] === mode ? t.grad : null));
        if (grads.some((grad) => grad)) device.map(backward, needed, grads, mode === "add");
      }
    });
  }
  return outputs;
}
