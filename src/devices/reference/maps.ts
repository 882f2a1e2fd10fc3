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
  if (inputs.length !== program.inputs.length || outputs.length !== program.outputs.length) {
    throw new RangeError(
      `map: expected ${program.inputs.length} inputs and ${program.outputs.length} outputs, ` +
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
    if (output) expectBroadcastable(`output ${k}`, output, rows, cols);
  }

  const results = outputs.map((output, k) => {
    if (!output) return null;
    const formula = compileFormula(program.outputs[k]!, program.inputs);
    const result = new Float64Array(output.data.length);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) {
        result[position(output, r, c)]! += formula(inputs.map((input) => input.data[position(input, r, c)]!));
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
