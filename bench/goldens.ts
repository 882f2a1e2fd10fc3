/**
 * Compares this library with golden files: trajectories and gradients of small networks, computed elsewhere.
 * npm run goldens -- <folder> [--device reference|wasm|native] [--threads n] [--json]
 * Exits with 1 if a case misses its limit, and with 2 if it could not be run at all.
 */
import { parseArgs } from "node:util";
import { init } from "../src/devices/init.js";
import { deviceKinds, isDeviceKind } from "../src/devices/kinds.js";
import { readGoldens } from "./goldens/golden.js";
import { check, limits, type Verdict } from "./goldens/run.js";

const usage = "npm run goldens -- <folder> [--device reference|wasm|native] [--threads n] [--json]";

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      device: { type: "string", default: "reference" },
      threads: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const [folder] = positionals;
  const { device: kind } = values;
  if (!folder || positionals.length > 1) throw new Error(`goldens: expected one folder; ${usage}`);
  if (!isDeviceKind(kind)) {
    throw new Error(`goldens: --device must be one of ${deviceKinds.join(", ")}, got ${kind}; ${usage}`);
  }
  const goldens = readGoldens(folder);
  const device = await init({ device: kind, threads: Number(values.threads) });
  const verdicts = goldens.map((golden) => check(device, golden, console.error));
  const { threads } = device.info;
  await device.dispose();

  console.log(values.json ? JSON.stringify(verdicts, null, 2) : table(verdicts, kind, threads, limits[kind]));
  return verdicts.some((verdict) => verdict.status === "fail") ? 1 : 0;
}

function table(verdicts: readonly Verdict[], kind: string, threads: number, limit: number): string {
  const width = Math.max(...verdicts.map((verdict) => verdict.case.length));
  const error = (value: number | null) => (value === null ? "-" : value.toExponential(1)).padStart(10);
  const rows = verdicts.map(
    (v) =>
      `${v.case.padEnd(width)}  ${v.status.padEnd(11)}${error(v.maxOutputError)}${error(v.maxGradientError)}`,
  );
  const count = (status: Verdict["status"]) => verdicts.filter((verdict) => verdict.status === status).length;
  return [
    `${"case".padEnd(width)}  ${"status".padEnd(11)}${"outputs".padStart(10)}${"gradients".padStart(10)}`,
    ...rows,
    `${count("pass")} pass, ${count("fail")} fail, ${count("unsupported")} unsupported; ` +
      `${kind} device, threads: ${threads}, limit ${limit} (max |difference| / max |expected|)`,
  ].join("\n");
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
