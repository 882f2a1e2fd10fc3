import { spawnSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import type { CaseResult } from "./measure.js";

/** What `npm run bench -- --json` prints. */
export interface Report {
  /** Processor, cores, memory and system; never a name or a path. */
  readonly machine: string;
  readonly node: string;
  /** The commit that was measured, with `+` where files had been changed; null outside a repository. */
  readonly commit: string | null;
  readonly cases: readonly CaseResult[];
}

const git = (...args: string[]) => {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
};

function commit(): string | null {
  const hash = git("rev-parse", "--short", "HEAD");
  return hash === null ? null : `${hash}${git("status", "--porcelain") ? "+" : ""}`;
}

/** Processor, cores, memory and system. */
export function machineOf(): string {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cores[0]?.model.trim() ?? "unknown"}, ${cores.length} cores, ${memory}, ${type()} ${release()}`;
}

export function report(cases: readonly CaseResult[]): Report {
  return {
    machine: machineOf(),
    node: process.version,
    commit: commit(),
    cases,
  };
}

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The report as a table for people. */
export function table({ machine, node, commit: hash, cases }: Report): string {
  const header = ["case", "who", "threads", "ms/step", "spread", "peak MB", "theirs/ours"];
  const rows = cases.flatMap((result) => {
    const first =
      "absent" in result
        ? ["hebbian", "", `absent: ${result.absent}`]
        : [
            "hebbian",
            String(result.threads),
            digits(result.ms),
            percent(result.spread),
            digits(result.peakMB),
            "1",
          ];
    const others = Object.entries(result.peers).map(([name, peer]) =>
      "absent" in peer
        ? [name, "", `absent: ${peer.absent}`]
        : [
            name,
            String(peer.threads),
            digits(peer.ms),
            percent(peer.spread),
            digits(peer.peakMB),
            peer.ratio === null ? "" : digits(peer.ratio),
          ],
    );
    return [first, ...others].map((cells, i) => [i === 0 ? result.case : "", ...cells]);
  });
  // A reason for absence runs over the columns behind it.
  const widths = header.map((title, column) =>
    Math.max(
      title.length,
      ...rows.map((row) => (row[column]?.startsWith("absent") ? 0 : (row[column] ?? "").length)),
    ),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  "),
  );
  const about = new Map<string, string>();
  for (const result of cases) {
    for (const peer of Object.values(result.peers))
      if (!("absent" in peer)) about.set(peer.about, peer.about);
  }
  const worlds = cases.flatMap((result) =>
    "worldShare" in result && result.worldShare !== undefined
      ? [
          `${result.case}: environment and sampling take ${(100 * result.worldShare).toFixed(1)} % of our time`,
        ]
      : [],
  );
  const title = `${machine}; Node ${node}; commit ${hash ?? "unknown"}`;
  return [title, "", ...lines, "", ...worlds, ...about.keys()].join("\n");
}
