export {
  ARCHITECTURE_VERSION,
  type Architecture,
  architectureText,
  type Connection,
  type Input,
  type MapOperation,
  type Operation,
  type Program,
  type State,
} from "./architecture.js";
export { matricesOf, type StoredMatrix } from "./matrices.js";
export { ModelError } from "./modelError.js";
export {
  ARCHITECTURE_KEY,
  expectFormat,
  MODEL_FORMAT,
  type ModelFile,
  readModelFile,
  type Tensor,
} from "./modelFile.js";
export { quantised } from "./quantised.js";
export { type CheckedArchitecture, readArchitecture, type Shapes } from "./readArchitecture.js";
export {
  type DType,
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
  type TensorData,
  type TensorToWrite,
  writeSafetensors,
} from "./safetensors.js";
