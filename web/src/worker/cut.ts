import { readSafetensors, writeSafetensors } from "hebbian/training";

/** What a plastic connection is made of; where all of it is zero, nothing passes. */
const PARTS = ["recurrent.w", "recurrent.alpha"];

/**
 * A model file some of whose connections are cut: the same ones for one seed, and with a larger share the same and more.
 *
 * @param share of the connections, 0 to 1
 */
export function withCuts(file: Uint8Array, share: number, seed = 1): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  const all = Object.fromEntries(tensors);
  for (const part of PARTS) {
    const tensor = all[part];
    if (!tensor) throw new Error(`withCuts: the model has no ${part}`);
    // The same numbers for w and alpha: it is the connection that is cut.
    let state = seed;
    const data = tensor.data.slice();
    for (let k = 0; k < data.length; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if (state / 2 ** 32 < share) data[k] = 0;
    }
    all[part] = { ...tensor, data };
  }
  return writeSafetensors(all, metadata);
}
