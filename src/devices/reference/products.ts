import type { MatmulOptions } from "../device.js";
import type { ReferenceBuffer } from "./matrix.js";

/** out = a @ b, or a @ b^T with `transposeB`, or += with `accumulate`: the definition, element by element. */
export function multiply(
  out: ReferenceBuffer,
  a: ReferenceBuffer,
  b: ReferenceBuffer,
  options: MatmulOptions,
): void {
  const { transposeB = false, accumulate = false } = options;
  const [inner, cols] = transposeB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (a.cols !== inner || out.rows !== a.rows || out.cols !== cols) {
    throw new RangeError(
      `matmul: [${a.rows}, ${a.cols}] @ [${inner}, ${cols}]${transposeB ? " (b transposed)" : ""} does not give ` +
        `[${out.rows}, ${out.cols}]; columns of a must equal rows of b, and out be rows of a x columns of b`,
    );
  }
  for (let r = 0; r < out.rows; r++) {
    for (let c = 0; c < cols; c++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += a.data[r * inner + k]! * b.data[transposeB ? c * inner + k : k * cols + c]!;
      }
      const at = r * cols + c;
      out.data[at] = accumulate ? out.data[at]! + sum : sum;
    }
  }
}

/** out[i, j] += sum over pairs and rows r of x[r, i] * d[r, j]. */
export function outerSum(
  out: ReferenceBuffer,
  pairs: readonly { readonly x: ReferenceBuffer; readonly d: ReferenceBuffer }[],
): void {
  for (const { x, d } of pairs) {
    if (x.rows !== d.rows || out.rows !== x.cols || out.cols !== d.cols) {
      throw new RangeError(
        `outerSum: x [${x.rows}, ${x.cols}] and d [${d.rows}, ${d.cols}] do not give [${out.rows}, ${out.cols}]; ` +
          "x and d need the same rows, out is columns of x by columns of d",
      );
    }
    for (let i = 0; i < out.rows; i++) {
      for (let j = 0; j < out.cols; j++) {
        for (let r = 0; r < x.rows; r++) {
          out.data[i * out.cols + j]! += x.data[r * x.cols + i]! * d.data[r * d.cols + j]!;
        }
      }
    }
  }
}
