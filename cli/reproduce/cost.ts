import { existsSync, readFileSync } from "node:fs";
import { RunFolder } from "../runFolder.js";
import { episodesLived } from "../sweep/runState.js";
import { runPath } from "../sweep/sweepRun.js";
import { type Need, type NeededRun, openSeeds, openTrials } from "./needs.js";

/** Processor seconds that are still to be spent on runs: as measured by those of the same condition, else as estimated. */
export const costLeft = (folder: string, needs: readonly Need[]): number =>
  needs.reduce((sum, need) => sum + episodesLeft(folder, need) * secondsAnEpisode(need), 0);

function episodesLeft(folder: string, need: Need): number {
  const left = ({ run }: NeededRun) => Math.max(0, run.episodes - episodesLived(runPath(folder, run)));
  const runs = [...openTrials(need), ...openSeeds(need)];
  return runs.reduce((sum, run) => sum + left(run), need.waiting * need.condition.episodes);
}

function secondsAnEpisode({ condition, trials, seeds }: Need): number {
  const measured = [...trials, ...seeds].flatMap(({ done }) => (done === null ? [] : timingsOf(done)));
  const total = (key: keyof Timing) => measured.reduce((sum, timing) => sum + timing[key], 0);
  return total("episodes") > 0 ? total("processorSeconds") / total("episodes") : condition.secondsAnEpisode;
}

interface Timing {
  readonly episodes: number;
  readonly processorSeconds: number;
}

/** Those of a run that is done; none in runs from before processor time was kept: the clock's says what else the machine did. */
function timingsOf(path: string): Timing[] {
  const { timing } = new RunFolder(path).file;
  if (!existsSync(timing)) return [];
  return readFileSync(timing, "utf8")
    .split("\n")
    .map(parsed)
    .filter((each): each is Timing => typeof each?.processorSeconds === "number");
}

/** A line of timings; null for one that a crash of the machine has torn. */
function parsed(line: string): Partial<Timing> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
