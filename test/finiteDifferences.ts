import type { Device } from "../src/devices/device.js";
import { type Graph, lossOf, runGraph } from "./graph.js";

/** Central differences err by about step^2 and by rounding / step; near 1e-5 both are under 1e-9 in float64. */
const step = 1e-5;

/**
 * How far each leaf's gradient on the tape is from central finite differences of the loss:
 * the largest difference relative to the largest element (or to 0.01, where the gradient is smaller than that).
 * `exact`: a device of float64, on which the differences are taken.
 */
export function gradientErrors(device: Device, graph: Graph, exact = device): Record<string, number> {
  const { grads } = runGraph(device, graph);
  return Object.fromEntries(
    Object.entries(graph.leaves).map(([key, { data }]) => {
      const expected = data.map((value, k) => {
        const lossAt = (moved: number) => lossOf(exact, graph, key, data.with(k, moved));
        return (lossAt(value + step) - lossAt(value - step)) / (2 * step);
      });
      const largest = expected.reduce((max, g) => Math.max(max, Math.abs(g)), 0.01);
      const worst = expected.reduce((max, g, k) => Math.max(max, Math.abs(g - grads[key]![k]!)), 0);
      return [key, worst / largest];
    }),
  );
}
