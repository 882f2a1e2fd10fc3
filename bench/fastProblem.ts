import type { Random } from "../src/tasks/random.js";
import { normals, type Problem, type ProblemKind } from "./problem.js";

export type FastKind = Extract<ProblemKind, `fast-${string}`>;

/** The names of what each kind of memory is told at a step beside key, value and query, and how many numbers each has. */
export const fastGates: Readonly<Record<FastKind, Readonly<Record<string, "head" | "key">>>> = {
  "fast-hebb": {},
  "fast-gated-delta": { g: "head", beta: "head" },
  "fast-kda": { a: "key", beta: "head" },
};

/**
 * `heads` memories H [neurons, neurons] that begin at 0, and at each step are written with a key k and a value v, then read with
 * a query q, all [neurons]: o = q @ H. What the gradient goes to are k, v, q and the gates themselves, [steps, heads, neurons or
 * 1]; loss = sum(o * co) over all steps.
 *
 * `fast-hebb`: H <- (1 - eta) H + eta outer(k, v). `fast-gated-delta`: H <- g H + beta outer(k, v - k @ (g H)).
 * `fast-kda`: the same with a gate a for each channel of the key, H <- a H + beta outer(k, v - k @ (a H)), rows of H scaled by a.
 */
export function fastProblem(
  kind: FastKind,
  size: { readonly neurons: number; readonly heads: number; readonly steps: number },
  { lr }: { readonly lr: number },
  rng: Random,
): Problem {
  const { neurons: n, heads, steps } = size;
  const rows = (cols: number, draw: () => number) =>
    Float32Array.from({ length: steps * heads * cols }, draw);
  const between = (low: number, high: number) => () => low + (high - low) * rng.uniform();
  const wide = () => normals(rng, 1, steps, heads, n);
  const gates = Object.entries(fastGates[kind]).map(([name, per]) => [
    name,
    rows(per === "key" ? n : 1, name === "beta" ? between(0.3, 0.9) : between(0.9, 1)),
  ]);
  return {
    kind,
    sizes: { neurons: n, batch: heads, steps, lr },
    params: {
      ...{ k: unit(wide(), n), v: wide(), q: unit(wide(), n) },
      ...Object.fromEntries(gates),
      ...(kind === "fast-hebb" && { eta: Float32Array.of(0.03) }),
    },
    inputs: { co: normals(rng, 0.1, steps, heads, n) },
  };
}

/** Every `n` numbers at length 1, as fast-weight layers have keys and queries. */
function unit(all: Float32Array, n: number): Float32Array {
  for (let from = 0; from < all.length; from += n) {
    const row = all.subarray(from, from + n);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    row.forEach((x, k) => {
      row[k] = x / length;
    });
  }
  return all;
}
