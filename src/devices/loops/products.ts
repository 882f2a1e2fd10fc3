/** The module of all matrix products. */
import { emitMatmul, matmulArguments } from "./matmul.js";
import { emitMatmulTransposed, matmulTransposedArguments } from "./matmulTransposed.js";
import { KernelModule } from "./module.js";
import { emitOuterSum, outerSumArguments } from "./outerSum.js";
import { emitPack, emitPackTransposed, packArguments, packTransposedArguments } from "./pack.js";
import type { Target } from "./target.js";

/** The arguments of each kernel of products. */
export const productArguments = {
  matmul: matmulArguments,
  matmulTransposed: matmulTransposedArguments,
  outerSum: outerSumArguments,
  pack: packArguments,
  packTransposed: packTransposedArguments,
} as const;
export type ProductKernel = keyof typeof productArguments;

/** The module of matrix products. */
export function emitProducts(target: Target): KernelModule<ProductKernel> {
  const module = new KernelModule<ProductKernel>(target);
  emitMatmul(module.kernel("matmul"));
  emitMatmulTransposed(module.kernel("matmulTransposed"));
  emitOuterSum(module.kernel("outerSum"));
  emitPack(module.kernel("pack"));
  emitPackTransposed(module.kernel("packTransposed"));
  return module;
}
