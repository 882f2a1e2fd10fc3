import type { EngineMemory } from "../devices/wasm/memory.js";
import type { CheckedArchitecture } from "../models/index.js";
import type { ModelFunctions } from "./emit.js";
import type { Ranges } from "./foresight.js";
import type { Layout } from "./layout.js";

/** What a model and all its lives share. */
export interface Engine {
  readonly architecture: CheckedArchitecture;
  readonly layout: Layout;
  readonly memory: EngineMemory;
  readonly functions: ModelFunctions;
  /** Of every tensor. */
  readonly tensors: Ranges;
  /** Tells its snapshots from those of other models. */
  readonly fingerprint: string;
}
