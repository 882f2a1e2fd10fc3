import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { deviceKinds } from "../src/devices/kinds.js";
import { cases } from "./cases.js";
import { machineHere } from "./machine.js";
import { Peer } from "./peer.js";
import { writeProblem } from "./problem.js";
import { median, quantile } from "./statistics.js";

/**
 * `npm run bench:turns`: several builds of this library, or one on several devices and numbers of threads, taking turns at
 * the same training steps: how a change is measured on a machine that others disturb. See bench/README.md.
 */

/** A block of steps should take about as long: shorter ones measure the exchange of lines, longer ones what else goes on. */
const blockMs = 40;
const timeoutMs = 120_000;

interface Variant {
  readonly case: string;
  readonly name: string;
  readonly build: string;
  readonly device: string;
  readonly threads: string;
}

interface Measured {
  readonly case: string;
  readonly variant: string;
  /** Milliseconds a training step: the median, and the first quartile (what the machine does undisturbed). */
  readonly ms: number;
  readonly quartile: number;
  /** Median over the rounds of this one's time / the first's in the same round, with its quartiles. */
  readonly ratio: number;
  readonly from: number;
  readonly to: number;
}

const list = (text: string) => text.split(",");
const options = new Command("turns")
  .description("Measures builds, devices and numbers of threads against each other, taking turns.")
  .option("--case <names>", "cases, separated by commas", list, Object.keys(cases))
  .option(
    "--builds <folders>",
    "checkouts that were built (npm run build); the first is what others are compared with",
    list,
    ["."],
  )
  .option("--devices <kinds>", `of ${deviceKinds.join(", ")}`, list, ["wasm"])
  .option("--threads <counts>", 'whole numbers, or "auto" for what the library takes unless told', list, [
    "auto",
  ])
  .option("--rounds <n>", "rounds", Number, 15)
  .option(
    "--together",
    "the cases take turns with each other too: they are compared, not only variants of each",
  )
  .option("--json", "print JSON instead of a table")
  .option("--out <file>", "write the JSON to a file too")
  .parse()
  .opts<{
    case: string[];
    builds: string[];
    devices: string[];
    threads: string[];
    rounds: number;
    together?: true;
    json?: true;
    out?: string;
  }>();

/** Every combination for some cases. Names say only what differs: a folder's name is nobody's business. */
function variantsOf(names: readonly string[]): Variant[] {
  const { builds, devices, threads } = options;
  const nameOf = (build: number) => (build === 0 ? "base" : builds.length > 2 ? `build ${build + 1}` : "new");
  return names.flatMap((each) =>
    builds.flatMap((build, b) =>
      devices.flatMap((device) =>
        threads.map((count) => {
          const words = [
            ...(builds.length > 1 ? [nameOf(b)] : []),
            ...(devices.length > 1 ? [device] : []),
            ...(threads.length > 1 ? [`${count} thread${count === "1" ? "" : "s"}`] : []),
          ];
          return { case: each, name: words.join(", ") || device, build, device, threads: count };
        }),
      ),
    ),
  );
}

async function start({ case: task, name, build, device, threads }: Variant, folder: string) {
  const problem = join(folder, task);
  writeProblem(cases[task]!(), problem);
  const program = join(resolve(build), "dist", "bench", "ours.js");
  // Builds that are older than the native device know no --device.
  const chosen = device === "wasm" ? [] : ["--device", device];
  const peer = await Peer.start(
    { name, command: [process.execPath, program, ...chosen] },
    problem,
    threads,
    timeoutMs,
  );
  const first = await peer.run(1, timeoutMs);
  return { peer, steps: Math.max(1, Math.round(blockMs / first)), times: [] as number[] };
}

async function measure(variants: readonly Variant[], rounds: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-turns-"));
  const running: Awaited<ReturnType<typeof start>>[] = [];
  try {
    for (const variant of variants) running.push(await start(variant, folder));
    for (let round = 0; round < rounds; round++) {
      // To and fro: who comes after whom changes, should one leave the machine in another state than it found it in.
      const order = round % 2 === 0 ? running : [...running].reverse();
      for (const { peer, steps, times } of order) times.push(await peer.run(steps, timeoutMs));
    }
  } finally {
    for (const { peer } of running) peer.kill();
    rmSync(folder, { recursive: true });
  }
  const base = running[0]!.times;
  return running.map(({ times }, i) => {
    const ratios = times.map((time, round) => time / base[round]!);
    return {
      case: variants[i]!.case,
      variant: variants[i]!.name,
      ms: median(times),
      quartile: quantile(times, 0.25),
      ratio: median(ratios),
      from: quantile(ratios, 0.25),
      to: quantile(ratios, 0.75),
    };
  });
}

const digits = (value: number) => Number(value.toPrecision(3));
const rounded = (result: Measured) =>
  Object.fromEntries(
    Object.entries(result).map(([key, value]) => [key, typeof value === "number" ? digits(value) : value]),
  );
for (const name of options.case) {
  if (name in cases) continue;
  throw new Error(`turns: there is no case ${name}; there are ${Object.keys(cases).join(", ")}`);
}
const measured: Measured[] = [];
for (const names of options.together ? [options.case] : options.case.map((name) => [name])) {
  process.stderr.write(`${names.join(", ")}\n`);
  measured.push(...(await measure(variantsOf(names), options.rounds)));
}
const report = JSON.stringify(
  { machine: machineHere().machine, rounds: options.rounds, variants: measured.map(rounded) },
  null,
  2,
);
if (options.out !== undefined) writeFileSync(options.out, `${report}\n`);
if (options.json) console.log(report);
else {
  for (const { case: name, variant, ms, quartile, ratio, from, to } of measured) {
    const cells = [name.padEnd(16), variant.padEnd(24), `${digits(ms)} ms`.padStart(10)];
    console.log(
      ...cells,
      `(${digits(quartile)})`.padStart(9),
      `x ${ratio.toFixed(3)} (${from.toFixed(3)} to ${to.toFixed(3)})`,
    );
  }
}
process.exit();
