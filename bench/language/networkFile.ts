import type { Device } from "../../src/devices/device.js";
import { readSafetensors, type TensorToWrite, writeSafetensors } from "../../src/models/index.js";
import { type Vocabulary, vocabularyOf } from "../../src/tasks/index.js";
import { LanguageNetwork } from "./network.js";

/** A trained language network and its words as a safetensors file; float16 halves it. */
export function encodeLanguage(
  network: LanguageNetwork,
  vocabulary: Vocabulary,
  notes: Readonly<Record<string, string>>,
): Uint8Array {
  const tensors: Record<string, TensorToWrite> = {};
  for (const { name, shape, value } of network.parameters) {
    tensors[name] = { shape, data: Float32Array.from(network.device.read(value)) };
  }
  return writeSafetensors(tensors, { ...notes, vocabulary: JSON.stringify(vocabulary.tokens) });
}

/** The network and vocabulary of such a file, on a device. Throws an Error for a file that lacks some of it. */
export function decodeLanguage(
  device: Device,
  bytes: Uint8Array,
): { network: LanguageNetwork; vocabulary: Vocabulary; notes: Readonly<Record<string, string>> } {
  const { tensors, metadata } = readSafetensors(bytes);
  const table = tensors.get("embedding");
  if (table === undefined || metadata.vocabulary === undefined) {
    throw new Error("not a language network: no embedding or vocabulary in it; train one first");
  }
  const [words, units] = table.shape as [number, number];
  const network = new LanguageNetwork(device, words, units, 0);
  for (const { name, value } of network.parameters) {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`not a language network: ${name} is missing; train one first`);
    device.write(value, stored.data as Float32Array);
  }
  const { vocabulary, ...notes } = metadata;
  return { network, vocabulary: vocabularyOf(JSON.parse(vocabulary) as string[]), notes };
}
