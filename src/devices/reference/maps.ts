import { compileFormula } from "../../formulas/index.js";
import type { MapProgram } from "../device.js";
import type { ReferenceBuffer } from "./matrix.js";

/**
 * Runs an element-wise program; broadcasting and reduction as `Device.map` says.
 * All results are computed before any is written, so outputs may be inputs too, or the same buffer twice.
 */
export function runMap(
  program: MapProgram,
  inputs: readonly ReferenceBuffer[],
  outputs: readonly (ReferenceBuffer | null)[],
  accumulate: boolean,
): void {
  const { reductions = [], rowOutputs = [] } = program;
  const formulas = [...program.outputs, ...rowOutputs];
  if (inputs.length !== program.inputs.length || outputs.length !== formulas.length) {
    throw new RangeError(
      `map: expected ${program.inputs.length} inputs and ${formulas.length} outputs, ` +
        `got ${inputs.length} and ${outputs.length}`,
    );
  }
  const buffers = [...inputs, ...outputs.filter((output) => output !== null)];
  const rows = Math.max(...buffers.map((buffer) => buffer.rows));
  const cols = Math.max(...buffers.map((buffer) => buffer.cols));
  for (const [k, input] of inputs.entries()) {
    expectBroadcastable(`input ${program.inputs[k]}`, input, rows, cols);
  }
  for (const [k, output] of outputs.entries()) {
    if (!output) continue;
    if (k < program.outputs.length) expectBroadcastable(`output ${k}`, output, rows, cols);
    else if (output.rows !== rows || output.cols !== 1) {
      throw new RangeError(`map: row output must be [${rows}, 1], got [${output.rows}, ${output.cols}]`);
    }
  }

  const names = [...program.inputs, ...reductions.map(({ name }) => name)];
  // One array, as a formula keeps none of its values: those of the inputs, and of the row's reductions after them.
  const values: number[] = names.map(() => 0);
  const at = (r: number, c: number) => {
    for (let k = 0; k < inputs.length; k++) values[k] = inputs[k]!.data[position(inputs[k]!, r, c)]!;
    return values;
  };
  const folds = reductions.map(({ how, formula }) => ({ how, run: compileFormula(formula, names) }));
  const reduced = Array.from({ length: reductions.length > 0 ? rows : 0 }, (_, r) => {
    return folds.map(({ how, run }, k) => {
      let total = how === "sum" ? 0 : Number.NEGATIVE_INFINITY;
      for (let c = 0; c < cols; c++) {
        const value = run(at(r, c));
        total = how === "sum" ? total + value : value > total ? value : total;
      }
      values[inputs.length + k] = total;
      return total;
    });
  });

  const results = outputs.map((output, k) => {
    if (!output) return null;
    const formula = compileFormula(formulas[k]!, names);
    const columns = k < program.outputs.length ? cols : 1;
    const result = new Float64Array(output.data.length);
    for (let r = 0; r < rows; r++) {
      for (let m = 0; m < reductions.length; m++) values[inputs.length + m] = reduced[r]![m]!;
      for (let c = 0; c < columns; c++) {
        result[position(output, r, c)]! += formula(at(r, c));
      }
    }
    return result;
  });
  results.forEach((result, k) => {
    const data = outputs[k]?.data;
    result?.forEach((value, at) => {
      data![at] = accumulate ? data![at]! + value : value;
    });
  });
}

/** Where element (r, c) of the extent lies in a buffer that may have only one row or column. */
function position(buffer: ReferenceBuffer, r: number, c: number): number {
  return (buffer.rows === 1 ? 0 : r) * buffer.cols + (buffer.cols === 1 ? 0 : c);
}

function expectBroadcastable(what: string, buffer: ReferenceBuffer, rows: number, cols: number): void {
  if ((buffer.rows !== rows && buffer.rows !== 1) || (buffer.cols !== cols && buffer.cols !== 1)) {
    throw new RangeError(
      `map: ${what} must be [${rows} or 1, ${cols} or 1], got [${buffer.rows}, ${buffer.cols}]; batch first`,
    );
  }
}
