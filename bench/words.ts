import { Command, Option } from "commander";
import type { Buffer, Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { type DeviceKind, deviceKinds } from "../src/devices/kinds.js";
import { matmul, Parameter, softmaxCrossEntropy, Tape } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { machineHere } from "./machine.js";
import { median } from "./statistics.js";

/**
 * `npm run bench:words`: what the cross-entropy of many classes costs beside its matrix product. Both forward and backward, of
 * [rows, units] @ [units, classes]; in turn, in milliseconds: the three products alone, and all of it.
 */

const whole = (value: string) => Number.parseInt(value, 10);
const options = new Command("bench:words")
  .addOption(new Option("--device <kind>", "what computes").choices(deviceKinds).default("native"))
  .option("--threads <n>", "threads", whole, 1)
  .option("--rows <n>", "words that are told at once", whole, 400)
  .option("--units <n>", "units that they are told from", whole, 200)
  .option("--classes <n>", "words that there are", whole, 10_000)
  .option("--rounds <n>", "rounds of both in turn", whole, 15)
  .option("--json", "print JSON instead of a line")
  .parse()
  .opts<{
    device: DeviceKind;
    threads: number;
    rows: number;
    units: number;
    classes: number;
    rounds: number;
    json?: true;
  }>();
const { rows, units, classes, rounds } = options;

/** Runs of what is recorded, in milliseconds each. */
function timed(device: Device, done: Buffer, work: () => void): () => number {
  const captured = device.capture(work);
  return () => {
    const begun = performance.now();
    captured.repeat();
    // What was called is done once something of it is read.
    device.read(done);
    return performance.now() - begun;
  };
}

const device = await init({ device: options.device, threads: options.threads });
const rng = random(1, "words", 0);
const parameter = (name: string, height: number, width: number) =>
  new Parameter(name, device, height, width, rng.fillNormal(new Float32Array(height * width), 0.1));
const [x, w, d] = [
  parameter("x", rows, units),
  parameter("w", units, classes),
  parameter("d", rows, classes),
];
const targets = device.allocate(rows, 1);
device.write(
  targets,
  Float32Array.from({ length: rows }, () => rng.integer(classes)),
);
const [y, dx, dw] = [
  device.allocate(rows, classes),
  device.allocate(rows, units),
  device.allocate(units, classes),
];
const products = timed(device, device.view(dx, 0, 1), () => {
  device.reset();
  device.beginEpisode(1);
  device.fill([dw], 0);
  device.matmul(y, x.value, w.value);
  device.matmul(dx, d.value, w.value, { transposeB: true });
  device.outerSum(dw, [{ x: x.value, d: d.value }]);
});
const all = timed(device, device.view(x.grad, 0, 1), () => {
  const tape = new Tape(device, 1);
  tape.backward(softmaxCrossEntropy(tape, matmul(tape, tape.param(x), tape.param(w)), tape.input(targets)));
});
const times: { products: number[]; all: number[] } = { products: [], all: [] };
for (let round = -2; round < rounds; round++) {
  const [a, b] = [products(), all()];
  if (round < 0) continue; // The first ones find their kernels and their pages.
  times.products.push(a);
  times.all.push(b);
}
const rounded = (value: number) => Number(value.toPrecision(3));
const [inProducts, inAll] = [rounded(median(times.products)), rounded(median(times.all))];
const crossEntropy = rounded(median(times.all.map((each, k) => each - times.products[k]!)));
const result = { rows, units, classes, products: inProducts, all: inAll, crossEntropy };
if (options.json) {
  const command = `npm run bench:words -- ${process.argv.slice(2).join(" ")}`;
  const unit = "ms, medians of the rounds; crossEntropy: of the differences";
  console.log(JSON.stringify({ ...machineHere(), command, device: device.info.why, unit, result }, null, 2));
} else {
  const share = Math.round((100 * crossEntropy) / inProducts);
  console.log(
    `[${rows}, ${units}] @ [${units}, ${classes}], forward and backward, ${device.info.kind}, threads: ${device.info.threads}: ` +
      `products ${inProducts} ms, with cross-entropy ${inAll} ms (${crossEntropy} ms more, ${share} % of the products)`,
  );
}
await device.dispose();
