import { Fingerprint, type ModelFile } from "../models/index.js";

/** Tells models apart: by what they compute and with which weights, not by their notes. */
export function fingerprint({ architecture, parameters }: ModelFile): string {
  const { sizes, ...described } = architecture;
  const print = new Fingerprint().add(new TextEncoder().encode(JSON.stringify(described)));
  for (const [name, { values }] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print
      .add(new TextEncoder().encode(name))
      .add(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return print.text;
}
