import { LIFE_FORMAT, ModelError, type Part, partsAsFile, readStored } from "../models/index.js";
import type { Engine } from "./engine.js";
import { type BeginOptions, type Moment, momentPlaces } from "./moment.js";

/** A life as a safetensors file, float32. */
export function encodeSnapshot(engine: Engine, moment: Moment, options: Required<BeginOptions>): Uint8Array {
  const places = momentPlaces(engine);
  const tensors = [...moment.tensors].map(([name, data]): Part => {
    const { rows, cols } = places.get(name)!;
    return { name, dtype: "F32", shape: [options.batch * rows, cols], data };
  });
  const { batch, halfLife } = options;
  return partsAsFile(tensors, {
    format: LIFE_FORMAT,
    model: engine.fingerprint,
    steps: String(moment.steps),
    frozen: String(moment.frozen),
    batch: String(batch),
    halfLife: String(halfLife),
  });
}

/** Reads a snapshot of one of this model's lives. Throws a ModelError, and nothing else. */
export function decodeSnapshot(
  bytes: Uint8Array,
  engine: Engine,
): Moment & { readonly options: Required<BeginOptions> } {
  const where = "resume: this is no snapshot to go on from";
  return readStored(bytes, LIFE_FORMAT, where, ({ tensors: stored, metadata: facts }) => {
    if (facts.model !== engine.fingerprint) {
      throw new ModelError(
        `it was taken with another model (${facts.model}, this one is ${engine.fingerprint}); resume it with that one`,
      );
    }
    const fact = (key: string, isGood: (text: string | undefined) => boolean): string => {
      if (isGood(facts[key])) return facts[key]!;
      throw new ModelError(`its "${key}" is ${facts[key]}; use another copy`);
    };
    const number = (key: string, isGood: (value: number) => boolean): number =>
      Number(fact(key, (text) => String(Number(text)) === text && isGood(Number(text))));
    const batch = number("batch", (value) => Number.isSafeInteger(value) && value > 0);
    const halfLife = number("halfLife", (value) => value > 0);
    const steps = number("steps", (value) => Number.isSafeInteger(value) && value >= 0);
    const frozen = fact("frozen", (text) => text === "true" || text === "false") === "true";
    const tensors = new Map<string, Float32Array>();
    for (const [key, { rows, cols }] of momentPlaces(engine)) {
      const { shape, data } = stored.get(key) ?? {};
      const fits = shape?.length === 2 && shape[0] === batch * rows && shape[1] === cols;
      if (!fits || !(data instanceof Float32Array)) {
        throw new ModelError(
          `expected "${key}" [${batch * rows}, ${cols}], got ${shape ? `[${shape}]` : "nothing"}`,
        );
      }
      tensors.set(key, data);
    }
    return { steps, frozen, tensors, options: { batch, halfLife } };
  });
}
