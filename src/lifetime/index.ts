/**
 * A trained network, living: no gradient, no tape, no training code.
 *
 *     const model = await loadModel("images.safetensors");
 *     const life = model.begin();
 *     const answer = life.step(pixels);
 */
export { DeviceMemoryError } from "../devices/device.js";
export { ModelError, type ModelErrorCode } from "../models/index.js";
export type { Bytes } from "./bytes.js";
export type { CompiledCode } from "./code.js";
export type { TraceDifference } from "./diff.js";
export type { StepInput } from "./given.js";
export type { Life } from "./life.js";
export { type LoadOptions, loadModel } from "./load.js";
export type { Matrix, Synapse } from "./look.js";
export type { Model, ModelConnection, ModelInput } from "./model.js";
export type { BeginOptions } from "./moment.js";
export type { ResumeOptions, SnapshotOptions } from "./snapshot.js";
export type { ModelSource, Progress } from "./source.js";
