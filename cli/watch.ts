import { CueReward, Maze } from "../src/tasks/index.js";
import { type Replay, replayEpisode } from "../src/training/index.js";
import { trialLines } from "./agents/cueText.js";
import { environmentView, type View } from "./agents/environmentText.js";
import { mazeText, momentText, stepsText } from "./agents/mazeText.js";
import { mazeMoments, visitWords } from "./agents/visits.js";
import { withDevice } from "./device.js";
import { codeOf, type Signal, UsageError } from "./exitCodes.js";
import { type DeviceFlags, deviceOf } from "./flags.js";
import { coloursFor, type Io } from "./io.js";
import { blamed } from "./ownModules/faultIn.js";
import { counted } from "./progress.js";
import { shellWord } from "./shellWord.js";
import { clearLine, clipped, ownCode } from "./terminalText.js";
import { readTrained, trainedExperiment } from "./trained.js";

export interface WatchFlags extends DeviceFlags {
  readonly seed?: number;
  /** Where the module of the experiment lies now. */
  readonly experiment?: string;
  /** Number of the test episode. */
  readonly episode: number;
  /** Steps per second. */
  readonly speed: number;
}

/** Visits that are drawn where nothing can move: the search, and the first ways back. */
const DRAWN = 3;

/** Plays an episode of an agent. Throws what `exitCodeOf` knows. */
export async function watch(path: string, flags: WatchFlags, io: Io): Promise<number> {
  const trained = readTrained(path, io);
  const { model } = trained;
  const { experiment, modules } = await trainedExperiment(path, trained, flags.experiment, io);
  const { episode, seed, speed } = flags;
  let replay: Replay | null = null;
  // Agents take no data, and nothing else could be built without.
  if (experiment.needsImages === false) {
    try {
      await withDevice(deviceOf(flags), async (device) => {
        replay = replayEpisode(experiment, { device, model, seed, episode });
      });
    } catch (error) {
      throw blamed(error, modules);
    }
  }
  if (replay === null) {
    throw new UsageError(
      `watch: ${experiment.name} has no agent to watch; hebbian evaluate ${shellWord(path)} tests it`,
    );
  }
  const { moments, still } = viewOf(replay, io);
  const { stdout } = io;
  stdout.write(
    `${experiment.name}, after ${counted(model.episode, "training episode")}; test episode ${episode}\n\n`,
  );
  if (!stdout.isTTY) {
    stdout.write(`${still}\n`);
    return codeOf("ok");
  }
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
  });
  try {
    let drawn = 0;
    for (const moment of moments) {
      if (stoppedBy) return codeOf(stoppedBy);
      const lines = fitting(moment, stdout);
      const up = drawn > 0 ? ownCode(`\x1b[${drawn}A`) : "";
      stdout.write(`${up + lines.map((line) => clearLine + line).join("\n")}\n`);
      drawn = lines.length;
      await io.wait(1000 / speed);
    }
  } finally {
    stopListening();
  }
  return codeOf("ok");
}

/**
 * The lines of a moment that a terminal has room for, each as much of it as there is: one that it breaks, or that scrolls away,
 * could not be drawn over. Where there are too many, the last.
 */
function fitting(moment: string, { columns, rows }: Io["stdout"]): string[] {
  const lines = moment.split("\n").map((line) => clipped(line, columns! - 1));
  return rows ? lines.slice(-(rows - 1)) : lines;
}

function viewOf(replay: Replay, io: Io): View {
  const { environment } = replay;
  if (environment instanceof Maze) return mazeView(environment, replay, io);
  if (environment instanceof CueReward) {
    const lines = trialLines(environment, replay);
    return { moments: lines.map((_, k) => lines.slice(0, k + 1).join("\n")), still: lines.join("\n") };
  }
  return environmentView(replay);
}

function mazeView(maze: Maze, replay: Replay, io: Io): View {
  const colours = coloursFor(io.stdout, io.env);
  const moments = mazeMoments(maze, replay);
  const { visits, reward } = moments.at(-1)!;
  const found = visits.filter((visit) => visit.found);
  const drawn = visits
    .slice(0, DRAWN)
    .map((visit, k) => `visit ${k + 1}: ${visitWords(visit)}\n${mazeText(maze, visit, colours)}`);
  return {
    moments: moments.map((moment) => momentText(maze, moment, colours)),
    still: [
      ...drawn,
      `steps to the reward: ${stepsText(found, Number.POSITIVE_INFINITY)}`,
      `reward ${Number(reward.toFixed(1))} in ${maze.steps} steps`,
    ].join("\n\n"),
  };
}
