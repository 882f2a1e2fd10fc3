import type { CheckedArchitecture } from "../models/index.js";
import type { ModelFunctions } from "./emit.js";
import type { Layout } from "./layout.js";
import type { LifeMemory } from "./memory.js";
import type { Ranges } from "./range.js";
import type { Rooms } from "./rooms.js";

/** What a model and all its lives share. */
export interface Engine {
  readonly architecture: CheckedArchitecture;
  readonly layout: Layout;
  readonly memory: LifeMemory;
  readonly rooms: Rooms;
  readonly functions: ModelFunctions;
  /** Of every tensor. */
  readonly tensors: Ranges;
  /** Tells its snapshots from those of other models. */
  fingerprint(): string;
}
