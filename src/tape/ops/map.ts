import type { MapProgram } from "../../devices/device.js";
import {
  call,
  derive,
  exchange,
  type Formula,
  name,
  namesIn,
  number,
  parseFormula,
  same,
  simplify,
} from "../../formulas/index.js";
import type { Touched } from "../adjoints.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/** A cell's per-neuron part: equations as text, parsed and differentiated once. */
export interface MapDefinition {
  readonly forward: MapProgram;
  /**
   * Output i: the adjoint of input i. What the forward pass has computed is not computed again: the slope of y = tanh(z)
   * is 1 - y^2.
   */
  readonly backward: MapProgram;
  /** The inputs of `backward`, by their places among those of `forward`, its outputs, and the adjoints of its outputs. */
  readonly backwardInputs: readonly number[];
  readonly outputNames: readonly string[];
  /** Inputs whose adjoint is that of another place among inputs and outputs: of an output (y + b), or of a like input. */
  readonly same: readonly (readonly [input: number, place: number])[];
}

/**
 * Defines an element-wise computation, e.g. `defineMap(["z", "u"], { y: "tanh(z + u)" })`.
 * At kinks, derivatives are those of `derive`.
 *
 * @throws FormulaError for an equation that cannot be read; Error for one that names something else than its inputs
 */
export function defineMap(
  inputs: readonly string[],
  outputs: Readonly<Record<string, string>>,
): MapDefinition {
  const parsed = Object.entries(outputs).map(([output, text]) => {
    const formula = parseFormula(text);
    for (const used of namesIn(formula)) {
      if (!inputs.includes(used)) {
        throw new Error(`defineMap: "${output} = ${text}" uses ${used}; the inputs are ${inputs.join(", ")}`);
      }
    }
    return [output, formula] as const;
  });
  return mapOf(inputs, Object.fromEntries(parsed));
}

/** As `defineMap`, of formulas that name nothing but the inputs. */
export function mapOf(inputs: readonly string[], outputs: Readonly<Record<string, Formula>>): MapDefinition {
  const outputNames = Object.keys(outputs);
  const formulas = Object.values(outputs);
  const adjointNames = formulas.map((_, k) => `adjoint(${k})`);
  const resultNames = formulas.map((_, k) => `result(${k})`);
  const fromResults = (formula: Formula) =>
    formulas.reduce(
      (rest, result, k) => (result.kind === "call" ? exchange(rest, result, name(resultNames[k]!)) : rest),
      formula,
    );
  const adjoints = inputs.map((input) =>
    fromResults(
      simplify(
        formulas
          .map((formula, k): Formula => call("mul", name(adjointNames[k]!), derive(formula, input)))
          .reduce((sum, term) => call("add", sum, term), number(0) as Formula),
      ),
    ),
  );
  const used = new Set(adjoints.flatMap((adjoint) => [...namesIn(adjoint)]));
  const all = [...inputs, ...resultNames, ...adjointNames];
  const places = all.flatMap((each, place) => (used.has(each) ? [place] : []));
  return {
    forward: { inputs, outputs: formulas },
    backward: { inputs: places.map((place) => all[place]!), outputs: adjoints },
    backwardInputs: places,
    outputNames,
    same: likeAdjoints(adjoints, adjointNames),
  };
}

function likeAdjoints(adjoints: readonly Formula[], adjointNames: readonly string[]): [number, number][] {
  return adjoints.flatMap((adjoint, i): [number, number][] => {
    if (adjoint.kind === "number") return [];
    const output = adjoint.kind === "name" ? adjointNames.indexOf(adjoint.name) : -1;
    if (output >= 0) return [[i, adjoints.length + output]];
    return adjoints.flatMap((other, j): [number, number][] =>
      j !== i && same(other, adjoint) ? [[i, j]] : [],
    );
  });
}

/** Inputs as large as the outputs are overwritten; sums over rows or columns are always added to. */
function touchedBy(
  definition: MapDefinition,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): Touched {
  const { rows, cols } = outputs[0]!;
  const isWhole = (t: Tensor) => t.differentiable && t.rows === rows && t.cols === cols;
  const all = [...inputs, ...outputs];
  return {
    sets: inputs.filter(isWhole),
    adds: inputs.filter((t) => t.differentiable && !isWhole(t)),
    same: definition.same.flatMap(([input, place]): [Tensor, Tensor][] => {
      const [tensor, as] = [all[input]!, all[place]!];
      return isWhole(tensor) && isWhole(as) && tensor !== as ? [[tensor, as]] : [];
    }),
  };
}

/**
 * Applies a definition to tensors, broadcasting as `Device.map` says: an input of one row, one column or one element
 * is used for all. Each output is [largest number of rows, largest number of columns], in the definition's order.
 *
 * @throws RangeError for another number of tensors, or shapes that do not broadcast
 */
export function map(tape: Tape, definition: MapDefinition, inputs: readonly Tensor[]): Tensor[] {
  const { device } = tape;
  const names = definition.forward.inputs;
  if (inputs.length !== names.length) {
    throw new RangeError(`map: expected ${names.length} tensors (${names.join(", ")}), got ${inputs.length}`);
  }
  const rows = Math.max(...inputs.map((input) => input.rows));
  const cols = Math.max(...inputs.map((input) => input.cols));
  inputs.forEach((input, i) => {
    if ((input.rows !== rows && input.rows !== 1) || (input.cols !== cols && input.cols !== 1)) {
      throw new RangeError(`map: ${names[i]} must be [${rows} or 1, ${cols} or 1], got ${input.shape}`);
    }
  });
  const outputs = definition.outputNames.map(() => tape.result(device.scratch(rows, cols), inputs));
  device.map(
    definition.forward,
    inputs.map((t) => t.value),
    outputs.map((t) => t.value),
    false,
  );
  if (outputs[0]?.differentiable) {
    tape.onBackward(touchedBy(definition, inputs, outputs), (how) => {
      const all = [...[...inputs, ...outputs].map((t) => t.value), ...outputs.map((t) => t.grad!)];
      const values = definition.backwardInputs.map((place) => all[place]!);
      const modes = inputs.map((t) => (t.differentiable ? how(t) : "same"));
      for (const mode of ["overwrite", "add"] as const) {
        const grads = inputs.map((t, i) => (modes[i] === mode ? t.grad : null));
        if (grads.some((grad) => grad)) device.map(definition.backward, values, grads, mode === "add");
      }
    });
  }
  return outputs;
}
