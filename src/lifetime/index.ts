/**
 * A trained network, living: no gradient, no tape, no training code.
 *
 *     const model = await loadModel("images.safetensors");
 *     const life = model.begin();
 *     const answer = life.step(pixels);
 */
export { DeviceMemoryError } from "../devices/device.js";
export { ModelError } from "../models/index.js";
export type { Bytes } from "./bytes.js";
export type { TraceDifference } from "./diff.js";
export type { Life, StepInput } from "./life.js";
export { loadModel } from "./load.js";
export type { Matrix, Synapse } from "./look.js";
export type { Model, ModelConnection, ModelInput } from "./model.js";
export type { BeginOptions } from "./moment.js";
export type { LoadOptions, ModelSource, Progress } from "./source.js";
