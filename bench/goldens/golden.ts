import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "../../src/schema/index.js";

const tensor = z.object({ shape: z.array(z.int()), data: z.array(z.number()) });

/** One golden file: a small network's parameters, inputs, outputs and gradients, computed elsewhere in float64. */
const golden = z.object({
  case: z.string(),
  description: z.string(),
  convention: z.string(),
  params: z.record(tensor),
  inputs: z.record(tensor),
  outputs: z.record(tensor),
  grads: z.record(tensor),
  lossWeights: z.record(tensor),
  hyper: z.record(z.number()).nullable().default(null),
  loss: z.number(),
});

/** Numbers, row-major, with their shape: [time, batch, n] for sequences. */
export type GoldenTensor = z.output<typeof tensor>;
export type Golden = z.output<typeof golden>;

/** All goldens of a folder, by file name. Throws if there are none, or a file is not a golden. */
export function readGoldens(folder: string): Golden[] {
  if (!existsSync(folder))
    throw new Error(`goldens: there is no folder ${folder}; pass the one that holds them`);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort();
  if (files.length === 0) {
    throw new Error(
      `goldens: expected *.json files in ${folder}, found none; pass the folder that holds them`,
    );
  }
  return files.map((file) => {
    const checked = golden.check(JSON.parse(readFileSync(join(folder, file), "utf8")));
    if ("value" in checked) return checked.value;
    throw new Error(`goldens: ${file} is not a golden file: ${checked.faults.map(z.faultText).join("; ")}`);
  });
}

/** A tensor of a golden by name. Throws if the file has none of that name. */
export function tensorOf(tensors: Readonly<Record<string, GoldenTensor>>, name: string): GoldenTensor {
  const found = tensors[name];
  if (!found) throw new Error(`expected a tensor ${name}, the file has ${Object.keys(tensors).join(", ")}`);
  return found;
}

/** The time steps of a [time, batch, n] tensor, each batch * n numbers. */
export function timeSteps({ shape, data }: GoldenTensor): number[][] {
  const [steps, batch, size] = shape as [number, number, number];
  return Array.from({ length: steps }, (_, t) => data.slice(t * batch * size, (t + 1) * batch * size));
}

/** Each [rows, cols] matrix of a row of matrices, transposed. */
export function transposed(data: ArrayLike<number>, rows: number, cols: number): number[] {
  return Array.from({ length: data.length }, (_, at) => {
    const matrix = Math.floor(at / (rows * cols));
    const [c, r] = [Math.floor((at % (rows * cols)) / rows), at % rows];
    return data[matrix * rows * cols + r * cols + c]!;
  });
}
