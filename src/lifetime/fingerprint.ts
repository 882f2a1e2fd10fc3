import { Fingerprint } from "../models/index.js";
import type { Engine } from "./engine.js";
import { read } from "./layout.js";

/** Tells models apart: by what they compute and with which weights, not by their notes. */
export function fingerprint({ architecture, layout, memory }: Omit<Engine, "fingerprint">): string {
  const { sizes, ...described } = architecture;
  const print = new Fingerprint().add(new TextEncoder().encode(JSON.stringify(described)));
  for (const [name, place] of [...layout.tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print.add(new TextEncoder().encode(name)).add(new Uint8Array(read(memory.f32, 0, place).buffer));
  }
  return print.text;
}
