export {
  ARCHITECTURE_VERSION,
  type Architecture,
  architectureText,
  type Connection,
  type ConvolveOperation,
  type Input,
  type MapOperation,
  type Operation,
  placesOf,
  type State,
  type StepProgram,
} from "./architecture.js";
export { BUDGETS, overBudget } from "./budgets.js";
export { type FileSize, fileSize } from "./fileSize.js";
export { Fingerprint } from "./fingerprint.js";
export { toFloat16 } from "./float16.js";
export { CHECKPOINT_FORMAT, expectFormat, LIFE_FORMAT, MODEL_FORMAT } from "./format.js";
export { matricesOf, type StoredMatrix } from "./matrices.js";
export { errorAt, ModelError, type ModelErrorCode } from "./modelError.js";
export { ARCHITECTURE_KEY, type ModelFile, type ModelTensor, readModelFile } from "./modelFile.js";
export { quantised } from "./quantised.js";
export { type CheckedArchitecture, readArchitecture } from "./readArchitecture.js";
export type { Shapes } from "./readConnection.js";
export {
  type DType,
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  type StoredTensors,
  type TensorData,
  type TensorToWrite,
  writeSafetensors,
} from "./safetensors.js";
export { type Part, partsAsFile } from "./safetensorsFile.js";
export { readStored } from "./stored.js";
