import {
  describeOptions,
  type Evaluation,
  type Experiment,
  type Look,
  type RunEvent,
} from "../src/training/index.js";
import { type MemoryProof, proofText } from "./agents/memoryProof.js";
import type { Signal } from "./exitCodes.js";
import { glimpse } from "./glimpse.js";
import { coloursFor, type Io, lineLength } from "./io.js";
import type { LoadedData } from "./loadedImages.js";
import { skippedText } from "./pictureFolder.js";
import { counted, duration, Progress, rateText, shownMetric } from "./progress.js";
import type { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { shownOption } from "./shownOption.js";
import { textColumns } from "./textColumns.js";

/** What a training command tells whoever started it. */
export interface Report {
  event(event: RunEvent): void;
  /** A signal came; `waitsFor` says what is still done before it takes effect. */
  stopping(signal: Signal, waitsFor: string): void;
  stopped(episode: number): void;
  finished(evaluation: Evaluation, proof: MemoryProof | null, look: Look, figures: readonly string[]): void;
}

/** Says which files of the pictures were left out, and why. */
export function noteSkipped(images: LoadedData | null, io: Io): void {
  if (images && images.skipped.length > 0) io.stderr.write(`note: ${skippedText(images.skipped)}\n`);
}

/** For programs: every event as a line of JSON, the evaluation last, as `type: "result"`. */
export function jsonReport(io: Io, folder: RunFolder): Report {
  const print = (record: object) => io.stdout.write(`${JSON.stringify(record)}\n`);
  return {
    event(event) {
      if (event.type === "episode") {
        const { type, episode, loss, gradientNorm, metrics } = event;
        print({ type, episode, loss, gradientNorm, ...metrics });
      } else if (event.type === "checkpoint") {
        const { type, reason, checkpoint } = event;
        print({ type, reason, episode: checkpoint.episode, path: folder.file.checkpoint });
      } else print(event);
    },
    stopping: () => {},
    stopped: () => {},
    finished: (evaluation, proof) => print({ type: "result", ...evaluation, ...proof }),
  };
}

/** For people: what begins, how it goes, what came out. */
export function textReport(io: Io, folder: RunFolder, experiment: Experiment): Report {
  const { stdout } = io;
  const colours = coloursFor(stdout, io.env);
  const { metric, others = [] } = experiment;
  let progress: Progress | null = null;
  let began = { time: io.now(), episode: 0 };
  return {
    event(event) {
      if (event.type === "start") {
        const { kind, threads } = event.device;
        const on = `${kind}, ${counted(threads, "thread")}`;
        const source = experiment.source === "" ? "" : `${colours.dim(experiment.source)}\n`;
        stdout.write(`${colours.bold(experiment.title)}\n${source}`);
        stdout.write(
          `${describeOptions(experiment)
            .map(({ name, default: usual }) => {
              const setting = `${name} ${shownOption(event.options[name])}`;
              return event.options[name] === usual ? setting : colours.bold(setting);
            })
            .join(", ")}\n`,
        );
        if (event.episode > 0) stdout.write(`Going on after episode ${event.episode}.\n`);
        stdout.write(
          `${counted(event.episodes, "episode")} on ${on}, seed ${event.seed}, into ${folder.path}\n`,
        );
        began = { time: io.now(), episode: event.episode };
        progress = new Progress(io, [metric, ...others], event.episode, event.episodes);
      } else if (event.type === "episode") {
        progress?.see(event.episode, event.metrics);
      } else if (event.type === "done") {
        progress?.finish();
        const seconds = (io.now() - began.time) / 1000;
        const lived = event.episode - began.episode;
        if (lived > 0) {
          stdout.write(
            `Trained ${counted(lived, "episode")} in ${duration(seconds)} (${rateText(lived / seconds)}). `,
          );
        }
        stdout.write("Now testing on fresh episodes ...\n");
      }
    },
    stopping(signal, waitsFor) {
      progress?.finish();
      stdout.write(`${signal}: ${waitsFor} (once more: stop at once)\n`);
    },
    stopped(episode) {
      const resume = colours.bold(`hebbian train --resume ${shellWord(folder.path)}`);
      stdout.write(`Stopped after episode ${episode}. Go on with: ${resume}\n`);
    },
    finished(evaluation, proof, look, figures) {
      const score = colours.bold(shownMetric(metric, Number(evaluation[metric.name])));
      stdout.write(
        `\nIn ${counted(evaluation.episodes, "fresh episode")}, without any further training: ${metric.label} ${score}.\n`,
      );
      if (metric.chance !== undefined) {
        stdout.write(`A network that remembers nothing would be at ${shownMetric(metric, metric.chance)}.\n`);
      }
      const rows = others.map((other) => [
        other.name,
        `${shownMetric(other, Number(evaluation[other.name]))}  (${other.label})`,
      ]);
      stdout.write(textColumns(rows));
      if (proof) stdout.write(`${proofText(proof)}\n`);
      const { pictures } = look.episodes[0]!;
      if (pictures)
        stdout.write(`One memory, from what was left of it:\n\n${glimpse(pictures, lineLength(stdout))}\n\n`);
      if (figures.length > 0) stdout.write(`Figures  ${folder.file.figures} (${figures.join(", ")})\n`);
      stdout.write(`Model    ${folder.file.model}\n`);
      stdout.write(colours.dim(`Test it again: hebbian evaluate ${shellWord(folder.path)} --episodes 200\n`));
    },
  };
}
