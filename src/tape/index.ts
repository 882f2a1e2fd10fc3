export { Carry } from "./ops/carry.js";
export { columns, joinRows, splitRows } from "./ops/columns.js";
export { concat, concatRows } from "./ops/concat.js";
export { convolution } from "./ops/convolution.js";
export { embedding } from "./ops/embedding.js";
export { hostLoss } from "./ops/hostLoss.js";
export { crossEntropy, mse } from "./ops/losses.js";
export { defineMap, type MapDefinition, map } from "./ops/map.js";
export { matmul, matmulTransposed } from "./ops/matmul.js";
export { mean } from "./ops/mean.js";
export { l2Norm, layerNorm, rmsNorm } from "./ops/norms.js";
export {
  changeTraces,
  openTraces,
  readNamed,
  readTraces,
  type TraceState,
  traceValue,
  updateTraces,
} from "./ops/plastic.js";
export { defineRowMap, type RowEquations, type RowMapDefinition, rowMap } from "./ops/rowMap.js";
export { softmax } from "./ops/softmax.js";
export { rowCrossEntropies, softmaxCrossEntropy } from "./ops/softmaxCrossEntropy.js";
export { sum } from "./ops/sum.js";
export { tanh } from "./ops/tanh.js";
export { Tape } from "./tape.js";
export { Parameter, Tensor } from "./tensor.js";
