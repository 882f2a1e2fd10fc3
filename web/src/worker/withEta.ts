import { readSafetensors, writeSafetensors } from "hebbian/training";

const ETA = "recurrent.eta";

/** A model file with another rate of plasticity: everything else keeps its bits. */
export function withEta(file: Uint8Array, eta: number): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  return writeSafetensors(
    { ...Object.fromEntries(tensors), [ETA]: { shape: [1, 1], data: Float32Array.of(eta) } },
    metadata,
  );
}
