export { Tape } from "./tape.js";
export { Parameter, Tensor } from "./tensor.js";
export { matmul } from "./ops/matmul.js";
export { defineMap, map, type MapDefinition } from "./ops/map.js";
export { sum } from "./ops/sum.js";
export { openTraces, readTraces, traceValue, updateTraces, type TraceState } from "./ops/plastic.js";
