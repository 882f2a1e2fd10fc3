import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { type ConvolutionShape, convolutionSizes } from "../src/devices/convolution.js";
import type { Buffer, Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { type DeviceKind, deviceKinds } from "../src/devices/kinds.js";
import { machineHere } from "./machine.js";
import { median } from "./statistics.js";

/**
 * `npm run bench:dense`: dense products and convolutions of a device in GFLOP/s, in turn with OpenBLAS's product of the same
 * sizes (which for a convolution has no patches to find). Prints a table or JSON.
 */

interface Case {
  readonly name: string;
  readonly kind: "x @ w" | "d @ w^T" | "x^T d" | "forward" | "images" | "weights";
  /** Of the product: rows and columns of the result, terms of each number. */
  readonly sizes: readonly [rows: number, cols: number, inner: number];
  /** Writes one product's commands. */
  readonly record: (device: Device) => () => void;
}

function random(device: Device, rows: number, cols: number): Buffer {
  const buffer = device.allocate(rows, cols);
  device.write(
    buffer,
    Float32Array.from({ length: rows * cols }, (_, i) => (i % 17) / 16 - 0.5),
  );
  return buffer;
}

function products(rows: number, inner: number, cols: number): Case[] {
  const name = `[${rows}, ${inner}] [${inner}, ${cols}]`;
  return [
    {
      ...{ name, kind: "x @ w", sizes: [rows, cols, inner] },
      record: (device) => {
        const [x, w, y] = [
          random(device, rows, inner),
          random(device, inner, cols),
          device.allocate(rows, cols),
        ];
        return () => device.matmul(y, x, w, { accumulate: true });
      },
    },
    {
      ...{ name, kind: "d @ w^T", sizes: [rows, inner, cols] },
      record: (device) => {
        const [d, w, dx] = [
          random(device, rows, cols),
          random(device, inner, cols),
          device.allocate(rows, inner),
        ];
        return () => device.matmul(dx, d, w, { accumulate: true, transposeB: true });
      },
    },
    {
      ...{ name, kind: "x^T d", sizes: [inner, cols, rows] },
      record: (device) => {
        const [x, d, dw] = [
          random(device, rows, inner),
          random(device, rows, cols),
          device.allocate(inner, cols),
        ];
        return () => device.outerSum(dw, [{ x, d }]);
      },
    },
  ];
}

/** The three passes over `images` pictures of so many pixels each way, 3 x 3 at every other pixel to 64 filters. */
function convolutions(images: number, side: number, channels: number): Case[] {
  const shape: ConvolutionShape = {
    ...{ height: side, width: side, channels, filters: 64, kernelHeight: 3, kernelWidth: 3, stride: 2 },
  };
  const { outHeight, outWidth, fanIn } = convolutionSizes(shape);
  const pixels = images * outHeight * outWidth;
  const buffers = (device: Device) => ({
    x: random(device, images * side, side * channels),
    weight: random(device, fanIn, 64),
    bias: random(device, 1, 64),
    out: random(device, images * outHeight, outWidth * 64),
  });
  const name = `${images} of ${side} x ${side} x ${channels}`;
  return [
    {
      ...{ name, kind: "forward", sizes: [pixels, 64, fanIn] },
      record: (device) => {
        const all = buffers(device);
        return () => device.convolve(shape, all);
      },
    },
    {
      ...{ name, kind: "images", sizes: [pixels, fanIn, 64] },
      record: (device) => {
        const all = buffers(device);
        return () => device.convolveBack(shape, all);
      },
    },
    {
      ...{ name, kind: "weights", sizes: [fanIn, 64, pixels] },
      record: (device) => {
        const all = buffers(device);
        return () => device.convolveWeights(shape, all);
      },
    },
  ];
}

const cases: readonly Case[] = [
  ...[64, 128, 256, 512, 1024].flatMap((n) => products(n, n, n)),
  ...products(16, 256, 256),
  ...products(96, 64, 64),
  ...products(784, 576, 64),
  ...products(16, 2051, 2051),
  ...products(1, 1000, 1000),
  ...[6, 96].flatMap((images) => [
    ...convolutions(images, 31, 1),
    ...convolutions(images, 15, 64),
    ...convolutions(images, 7, 64),
    ...convolutions(images, 3, 64),
  ]),
];

/** Runs blocks of products; seconds for each product of a block. */
type Run = (times: number) => Promise<number>;

function ours(device: Device, { record }: Case): (times: number) => Run {
  device.beginEpisode(1);
  const one = record(device);
  return (times) => {
    const captured = device.capture(() => {
      for (let i = 0; i < times; i++) one();
    });
    return async () => {
      const begun = performance.now();
      captured.repeat();
      return (performance.now() - begun) / 1000 / times;
    };
  };
}

/** OpenBLAS as a process, or why there is none. */
function openBlas(threads: number) {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-blas-"));
  let source = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(source, "package.json"))) source = dirname(source);
  const program = join(folder, "blas");
  try {
    const libraries = ["-l:libopenblas.so.0", "-L/usr/lib/x86_64-linux-gnu/openblas-openmp"];
    execFileSync("gcc", ["-O2", "-o", program, join(source, "bench/peers/blas.c"), ...libraries], {
      stdio: "pipe",
    });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return (error as Error).message.split("\n").slice(0, 2).join(" ");
  }
  const env = { ...process.env, OPENBLAS_NUM_THREADS: `${threads}`, OMP_NUM_THREADS: `${threads}` };
  const child = spawn(program, { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async () => (await lines.next()).value as string;
  return {
    ask,
    of:
      ({ kind, sizes: [rows, cols, inner] }: Case): Run =>
      async (times) => {
        const [a, b] = [kind === "x^T d" || kind === "weights", kind === "d @ w^T" || kind === "images"];
        child.stdin.write(`${rows} ${cols} ${inner} ${a ? 1 : 0} ${b ? 1 : 0} ${times}\n`);
        return Number(await ask()) / times;
      },
    end: () => {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}

const options = new Command("bench:dense")
  .addOption(new Option("--device <kind>", "what ours computes on").choices(deviceKinds).default("native"))
  .option("--threads <n>", "threads of ours and of OpenBLAS", Number, 1)
  .option("--rounds <n>", "rounds of ours and OpenBLAS in turn", Number, 9)
  .option("--case <text>", "only cases whose name and kind have this in them", "")
  .option("--json", "print JSON instead of a table")
  .parse()
  .opts<{ device: DeviceKind; threads: number; rounds: number; case: string; json?: true }>();

const rate = ({ sizes }: Case, seconds: number): number =>
  Number(((2 * sizes.reduce((a, b) => a * b)) / seconds / 1e9).toPrecision(3));

const device = await init({ device: options.device, threads: options.threads });
const blas = openBlas(options.threads);
const about = typeof blas === "string" ? blas : await blas.ask();
const results: object[] = [];
const wanted = new RegExp(options.case);
for (const each of cases.filter(({ kind, name }) => wanted.test(`${name} ${kind}`))) {
  const make = ours(device, each);
  const first = make(1);
  await first(1);
  // Blocks of some ten milliseconds.
  const times = Math.max(1, Math.min(200, Math.round(0.015 / (await first(1)))));
  const mine = make(times);
  const theirs = typeof blas === "string" ? null : blas.of(each);
  const seconds: { ours: number[]; blas: number[] } = { ours: [], blas: [] };
  for (let round = 0; round < options.rounds; round++) {
    seconds.ours.push(await mine(times));
    if (theirs) seconds.blas.push(await theirs(times));
  }
  const best = (all: readonly number[]) => rate(each, Math.min(...all));
  const result = {
    ...{ case: each.name, kind: each.kind, ours: rate(each, median(seconds.ours)), best: best(seconds.ours) },
    ...(theirs && { openBlas: rate(each, median(seconds.blas)), openBlasBest: best(seconds.blas) }),
  };
  results.push(result);
  if (!options.json) {
    const {
      case: name,
      kind,
      ours,
      best,
      openBlas,
      openBlasBest,
    } = { openBlas: "-", openBlasBest: "-", ...result };
    console.log(
      `${name.padEnd(24)} ${kind.padEnd(8)} ${ours}`.padEnd(42),
      `(${best})`.padEnd(9),
      `OpenBLAS ${openBlas} (${openBlasBest})`,
    );
  }
}
if (options.json) {
  const command = `npm run bench:dense -- ${process.argv.slice(2).join(" ")}`;
  const unit = "GFLOP/s: median of the rounds, and the best of them";
  console.log(
    JSON.stringify(
      { ...machineHere(), command, device: device.info.why, openBlas: about, unit, results },
      null,
      2,
    ),
  );
}
if (typeof blas !== "string") blas.end();
await device.dispose();
