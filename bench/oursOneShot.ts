import type { Device } from "../src/devices/device.js";
import { OneShot } from "../src/experiments/oneShot.js";
import { oja } from "../src/rules/index.js";
import { type OneShotEpisode, random } from "../src/tasks/index.js";
import { type Network, named } from "./oursNetwork.js";
import type { Problem } from "./problem.js";

const SIDE = 31;

/** The problem's name of each of the network's parameters. */
const names: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((layer) => [
      [`conv${layer}.weight`, `conv${layer}`],
      [`conv${layer}.bias`, `conv${layer}Bias`],
    ]),
  ),
  ...Object.fromEntries(["w", "alpha", "eta"].map((name) => [`readout.${name}`, name])),
};

/** The network of the omniglot experiment on the problem's episodes. It convolves all pictures at once, in any case. */
export function oneShot(device: Device, problem: Problem): Network {
  const { neurons, batch, steps, classes } = problem.sizes as Record<string, number> & {
    neurons: number;
    batch: number;
    steps: number;
    classes: number;
  };
  const shots = (steps - 1) / classes;
  const task = { ways: classes, shots, queries: 1 };
  const network = new OneShot(
    device,
    { ...task, rule: oja, filters: neurons, normalise: "none", batch, size: SIDE, alpha: 0, eta: 0 },
    random(0, "weights", 0),
  );
  const { pictures, labels } = problem.inputs;
  const image = (t: number, b: number) => {
    const row = t * batch + b;
    return {
      pixels: pictures!.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE),
      label: labels!.subarray(row * classes, (row + 1) * classes).indexOf(1),
    };
  };
  network.prepare(
    Array.from(
      { length: batch },
      (_, b): OneShotEpisode => ({
        support: Array.from({ length: steps - 1 }, (_, t) => image(t, b)),
        queries: [image(steps - 1, b)],
        alphabets: [],
      }),
    ),
  );
  return {
    ...named(device, problem, network.parameters, names),
    loss: (tape) => network.live(tape).loss,
  };
}
