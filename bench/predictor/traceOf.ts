import { readFileSync } from "node:fs";
import type { Device } from "../../src/devices/device.js";
import { TraceCache } from "../../src/layers/index.js";
import { readModelFile } from "../../src/models/index.js";
import { random } from "../../src/tasks/index.js";

/** The trace of a predictor's model file, on a device. */
export function traceOf(
  device: Device,
  file: string,
  { units, words }: { readonly units: number; readonly words: number },
): TraceCache {
  const { parameters } = readModelFile(new Uint8Array(readFileSync(file)), file);
  const of = (name: string) => {
    const found = parameters.get(name);
    if (found) return found;
    throw new Error(`${file}: no ${name} in it; make a predictor's model with predictor/model`);
  };
  const features = of("cache.fading").cols;
  const trace = new TraceCache(device, { inputs: units, words, features }, random(1, "weights", 0));
  for (const { name, value } of trace.parameters) device.write(value, of(name).values);
  return trace;
}
