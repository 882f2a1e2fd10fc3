import { existsSync, readFileSync } from "node:fs";
import { machineHere } from "./machine.js";
import type { CaseResult } from "./measure.js";

/** What `npm run bench -- --json` prints. */
export interface Report {
  /** Processor, cores, memory and system; never a name or a path. */
  readonly machine: string;
  readonly node: string;
  readonly cases: readonly CaseResult[];
}

export function report(cases: readonly CaseResult[]): Report {
  return { ...machineHere(), cases };
}

/**
 * The report with the cases of an earlier one in a file that were not measured this time: a long list can be measured case by
 * case. Throws an Error where the file is of another machine: figures of two do not belong in one table.
 */
export function merged(latest: Report, file: string): Report {
  if (!existsSync(file)) return latest;
  const earlier = JSON.parse(readFileSync(file, "utf8")) as Report;
  if (earlier.machine !== latest.machine || earlier.node !== latest.node) {
    throw new Error(
      `--merge: ${file} is of ${earlier.machine}, Node ${earlier.node}; here it is ${latest.machine}, Node ${latest.node}; ` +
        "choose another --out",
    );
  }
  const measured = new Map(latest.cases.map((each) => [each.case, each]));
  const cases = earlier.cases.map((each) => {
    const again = measured.get(each.case) ?? each;
    measured.delete(each.case);
    return again;
  });
  return { ...latest, cases: [...cases, ...measured.values()] };
}

/** "C" for the hand-written peer: our own device "native" is another thing. */
const shownName = (peer: string): string => (peer === "native" ? "C" : peer);

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The report as a table for people. */
export function table({ machine, node, cases }: Report): string {
  const header = ["case", "who", "threads", "ms/step", "spread", "peak MB", "theirs/ours"];
  const rows = cases.flatMap((result) => {
    const first =
      "absent" in result
        ? [`hebbian, ${result.device}`, "", `absent: ${result.absent}`]
        : [
            `hebbian, ${result.device}`,
            String(result.threads),
            digits(result.ms),
            percent(result.spread),
            digits(result.peakMB),
            "1",
          ];
    const others = Object.entries(result.peers).map(([name, peer]) =>
      "absent" in peer
        ? [shownName(name), "", `absent: ${peer.absent}`]
        : [
            shownName(name),
            String(peer.threads),
            digits(peer.ms),
            percent(peer.spread),
            digits(peer.peakMB),
            peer.ratio === null ? "" : digits(peer.ratio),
          ],
    );
    return [first, ...others].map((cells, i) => [i === 0 ? result.case : "", ...cells]);
  });
  // A reason for absence runs over the columns that follow.
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
    if (!("absent" in result)) about.set(result.about, result.about);
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
  const title = `${machine}; Node ${node}; commit ${[...new Set(cases.map(({ commit }) => commit ?? "unknown"))].join(", ")}`;
  return [title, "", ...lines, "", ...worlds, ...about.keys()].join("\n");
}
