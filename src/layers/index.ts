export {
  Afferents,
  type AfferentsState,
  type PlasticFrom,
  type PlasticityOptions,
  type PreStep,
} from "./afferents.js";
export { Convolutional } from "./convolutional.js";
export { Dropout } from "./dropout.js";
export { FastWeights, type FastWeightsOptions, type FastWeightsState } from "./fastWeights.js";
export { gates, type SignalGate } from "./fastWeightsGates.js";
export { FastWeightsRnn, type FastWeightsRnnOptions, type FastWeightsRnnState } from "./fastWeightsRnn.js";
export { Gru, type GruActivity, type GruOptions, type GruState } from "./gru.js";
export { type IrnnOptions, irnn, rectifiedInput } from "./irnn.js";
export type { Cell, CellStep, ConnectionInfo, Gaussian, Layer, TraceChange } from "./layer.js";
export { rulesOf } from "./layer.js";
export { Linear } from "./linear.js";
export { Lstm, type LstmActivity, type LstmOptions, type LstmState } from "./lstm.js";
export { fanOutModulator, type Modulator, type ModulatorMaker, singleModulator } from "./modulator.js";
export { type PlasticOptions, plastic, type Recurrent } from "./plastic.js";
export { PlasticConnection, type PlasticConnectionOptions } from "./plasticConnection.js";
export { PlasticReadout, type PlasticReadoutOptions } from "./plasticReadout.js";
export {
  addedInput,
  clampedInput,
  PlasticRnn,
  type PlasticRnnOptions,
  type PlasticRnnState,
  plainRnn,
} from "./plasticRnn.js";
export { Projected } from "./projected.js";
export { Residual } from "./residual.js";
export { type SequenceCell, stackedSequence } from "./sequenceCell.js";
export { ShortConvolution } from "./shortConvolution.js";
export { type StackedState, stacked } from "./stacked.js";
export { TraceCache, type TraceCacheOptions } from "./traceCache.js";
export { startUniform } from "./uniform.js";
