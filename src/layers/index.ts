export { Linear } from "./linear.js";
export type { Cell, Gaussian, Layer } from "./layer.js";
export { PlasticConnection, type PlasticConnectionOptions } from "./plasticConnection.js";
export {
  addedInput,
  clampedInput,
  plainRnn,
  PlasticRnn,
  type PlasticRnnOptions,
  type PlasticRnnState,
} from "./plasticRnn.js";
