import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Absent, Peer, type PeerCommand } from "./peer.js";
import { type Problem, writeProblem } from "./problem.js";
import { median, spread } from "./statistics.js";

/** How much measuring a case is worth. */
export interface Effort {
  /** Rounds of ours and a peer in turn; fewer where a peer has used up its time, but never fewer than `leastRuns`. */
  readonly runs: number;
  readonly leastRuns: number;
  /** Time for the rounds with one peer. */
  readonly budgetMs: number;
  /** Time for a peer to start, compile and warm up, and for one answer. */
  readonly timeoutMs: number;
}

export interface PeerResult {
  /** Median milliseconds per training step. */
  readonly ms: number;
  /** Median over the rounds of peer ms / our ms of the same round; null where ours could not run. */
  readonly ratio: number | null;
  readonly threads: number;
  readonly peakMB: number;
  /** Interquartile range / median. */
  readonly spread: number;
  readonly about: string;
}
export type PeerOutcome = PeerResult | { readonly absent: string };

export type CaseResult = {
  readonly case: string;
  readonly threads: number;
  readonly peers: Readonly<Record<string, PeerOutcome>>;
} & (
  | {
      readonly ms: number;
      readonly spread: number;
      readonly peakMB: number;
      readonly about: string;
      /** Part of our time that environments and sampling took, in cases that have them. */
      readonly worldShare?: number;
    }
  | { readonly absent: string }
);

/** A `run` should take this long, or the exchange of lines and cold caches would be what is measured. */
const BLOCK_MS = 25;

/** A started peer, the steps that make a block of it, and its times. */
interface Runner {
  readonly peer: Peer;
  readonly steps: number;
  readonly times: number[];
}

async function prepare(
  command: PeerCommand,
  problem: string,
  threads: number,
  effort: Effort,
): Promise<Runner> {
  const peer = await Peer.start(command, problem, threads, effort.timeoutMs);
  try {
    const first = await peer.run(1, effort.timeoutMs);
    return { peer, steps: Math.max(1, Math.round(BLOCK_MS / first)), times: [] };
  } catch (error) {
    peer.kill();
    throw error;
  }
}

/** The number of threads with which the peer is fastest, of 1 and all that it may have. */
async function bestThreads(
  command: PeerCommand,
  problem: string,
  threads: number,
  effort: Effort,
): Promise<number> {
  const most = Math.min(threads, command.maxThreads ?? threads);
  if (most === 1) return 1;
  const fastest: number[] = [];
  for (const candidate of [1, most]) {
    const { peer, steps } = await prepare(command, problem, candidate, effort);
    try {
      const times: number[] = [];
      for (let i = 0; i < effort.leastRuns; i++) times.push(await peer.run(steps, effort.timeoutMs));
      fastest.push(Math.min(...times));
    } finally {
      peer.kill();
    }
  }
  return fastest[0]! <= fastest[1]! ? 1 : most;
}

/** Ours and the peer in turn: what else the machine does in the meantime hits both alike. */
async function alternate(runner: Runner, mine: Runner | undefined, effort: Effort): Promise<number[]> {
  const ratios: number[] = [];
  const until = Date.now() + effort.budgetMs;
  for (let round = 0; round < effort.runs; round++) {
    if (round >= effort.leastRuns && Date.now() > until) break;
    const own = await mine?.peer.run(mine.steps, effort.timeoutMs);
    const other = await runner.peer.run(runner.steps, effort.timeoutMs);
    runner.times.push(other);
    if (own !== undefined) {
      mine!.times.push(own);
      ratios.push(other / own);
    }
  }
  return ratios;
}

async function measurePeer(
  command: PeerCommand,
  problem: string,
  threads: number,
  mine: Runner | undefined,
  effort: Effort,
): Promise<PeerResult> {
  const best = await bestThreads(command, problem, threads, effort);
  const runner = await prepare(command, problem, best, effort);
  try {
    const ratios = await alternate(runner, mine, effort);
    return {
      ms: median(runner.times),
      ratio: ratios.length > 0 ? median(ratios) : null,
      threads: best,
      peakMB: await runner.peer.quit(),
      spread: spread(runner.times),
      about: runner.peer.about,
    };
  } finally {
    runner.peer.kill();
  }
}

/** Calls `attempt`; where it throws Absent, the reason instead of its result. */
async function orAbsent<Result>(attempt: () => Promise<Result>): Promise<Result | { absent: string }> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Absent) return { absent: error.message };
    throw error;
  }
}

/**
 * Measures one case: ours, and each peer in turn with ours. Only one peer runs at a time, so that the memory of two
 * large ones never adds up.
 *
 * @param threads given to ours; a peer gets the better of this and 1
 * @param progress told what is being measured
 */
export async function measureCase(
  name: string,
  problem: Problem,
  ours: () => PeerCommand,
  peers: Readonly<Record<string, () => PeerCommand>>,
  threads: number,
  effort: Effort,
  progress: (text: string) => void,
): Promise<CaseResult> {
  const directory = mkdtempSync(join(tmpdir(), "hebbian-bench-"));
  try {
    writeProblem(problem, directory);
    progress(`${name}: ours`);
    const mine = await orAbsent(() => prepare(ours(), directory, threads, effort));
    const present = "absent" in mine ? undefined : mine;
    try {
      const outcomes: Record<string, PeerOutcome> = {};
      for (const [peer, command] of Object.entries(peers)) {
        progress(`${name}: ${peer}`);
        outcomes[peer] = await orAbsent(() => measurePeer(command(), directory, threads, present, effort));
      }
      if ("absent" in mine) return { case: name, threads, absent: mine.absent, peers: outcomes };
      while (mine.times.length < effort.leastRuns) {
        mine.times.push(await mine.peer.run(mine.steps, effort.timeoutMs));
      }
      return {
        case: name,
        threads,
        ms: median(mine.times),
        spread: spread(mine.times),
        ...(mine.peer.worldShares.length > 0 && { worldShare: median(mine.peer.worldShares) }),
        peakMB: await mine.peer.quit(),
        about: mine.peer.about,
        peers: outcomes,
      };
    } finally {
      present?.peer.kill();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
