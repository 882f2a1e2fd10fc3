import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { type DeviceKind, deviceKinds } from "../src/devices/kinds.js";
import { cases } from "./cases.js";
import { type CaseResult, type Effort, measureCase } from "./measure.js";
import { ours, peerFor, peers } from "./peers.js";
import { merged, report, table } from "./report.js";

/** `npm run bench`: full training steps of ours and of peers, measured in turn. See bench/README.md. */

const full: Effort = { runs: 21, leastRuns: 3, budgetMs: 40_000, timeoutMs: 180_000 };
/** For CI: does everything start and answer? Its figures mean little. */
const smoke: Effort = { runs: 1, leastRuns: 1, budgetMs: 0, timeoutMs: 15_000 };
const smokeCases = ["patterns-small"];

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

/** The entries that a list names by whole name, or by the part before its first dash ("torch" is both torch peers). */
function named(available: readonly string[]) {
  return (list: string): string[] =>
    list.split(",").flatMap((name) => {
      const found = available.filter((entry) => entry === name || entry.split("-")[0] === name);
      if (found.length > 0) return found.includes(name) ? [name] : found;
      throw new InvalidArgumentError(`Got "${name}"; choose from ${available.join(", ")}.`);
    });
}

const options = new Command("bench")
  .description("Measures full training steps (forward, loss, backward through time, Adam) against peers.")
  .option("--case <names>", "cases, separated by commas", named(Object.keys(cases)))
  .option("--peers <names>", "peers, separated by commas; torch is both", named(Object.keys(peers)))
  .addOption(new Option("--device <kind>", "what ours computes on").choices(deviceKinds).default("wasm"))
  .option("--threads <n>", "threads at most", wholeNumber, availableParallelism())
  .option("--runs <n>", "rounds of ours and a peer in turn", wholeNumber)
  .option("--smoke", "one round of the smallest case: only shows that all of it works")
  .option("--json", "print JSON instead of a table")
  .option("--out <file>", "write the JSON to a file too")
  .option("--merge", "keep the file's cases that are not measured this time")
  .parse()
  .opts<{
    case?: string[];
    peers?: string[];
    device: DeviceKind;
    threads: number;
    runs?: number;
    smoke?: true;
    json?: true;
    out?: string;
    merge?: true;
  }>();

const effort: Effort = { ...(options.smoke ? smoke : full), ...(options.runs ? { runs: options.runs } : {}) };
const chosenCases = options.case ?? (options.smoke ? smokeCases : Object.keys(cases));
const chosenPeers = Object.keys(peers).filter((name) => options.peers?.includes(name) ?? true);

const results: CaseResult[] = [];
for (const name of chosenCases) {
  const problem = cases[name]!();
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  const others = Object.fromEntries(chosenPeers.map((peer) => [peer, () => peerFor(peer, problem.kind)]));
  results.push(
    await measureCase(
      name,
      problem,
      options.device,
      () => ours(options.device),
      others,
      options.threads,
      effort,
      progress,
    ),
  );
}
const latest = report(results);
const measured = options.merge && options.out !== undefined ? merged(latest, options.out) : latest;
const json = JSON.stringify(measured, null, 2);
if (options.out !== undefined) writeFileSync(options.out, `${json}\n`);
console.log(options.json ? json : table(measured));
// A peer may be missing on a machine; what is measured may not.
if (results.some((result) => "absent" in result)) process.exitCode = 1;
