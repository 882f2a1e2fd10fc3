export type { Cell, CellStep, Gaussian, Layer, TraceChange } from "./layer.js";
export { Linear } from "./linear.js";
export { fanOutModulator, type Modulator, type ModulatorMaker, singleModulator } from "./modulator.js";
export { PlasticConnection, type PlasticConnectionOptions } from "./plasticConnection.js";
export {
  addedInput,
  clampedInput,
  PlasticRnn,
  type PlasticRnnOptions,
  type PlasticRnnState,
  plainRnn,
} from "./plasticRnn.js";
export { Projected } from "./projected.js";
