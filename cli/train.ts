import { existsSync } from "node:fs";
import type { Device } from "../src/devices/device.js";
import {
  type Checkpoint,
  type Conduct,
  DivergenceError,
  describeModel,
  type Experiment,
  type ExperimentData,
  encodeModel,
  evaluateExperiment,
  type Look,
  lookAt,
  observeAgent,
  run,
  version,
} from "../src/training/index.js";
import { memoryProof } from "./agents/memoryProof.js";
import { withDevice } from "./device.js";
import { codeOf, type Signal } from "./exitCodes.js";
import { writeAtomic } from "./files.js";
import { type EarlierDevice, expectGoesOn, otherDeviceWarning } from "./goingOn.js";
import type { Io } from "./io.js";
import { curvePoints } from "./metrics.js";
import { MetricsLogs } from "./metricsLogs.js";
import { blamed } from "./ownModules/faultIn.js";
import type { ModuleChange } from "./ownModules/moduleRecord.js";
import { provenance } from "./provenance.js";
import { jsonReport, noteSkipped, type Report, textReport } from "./report.js";
import type { RunConfig, RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import type { TrainingPlan } from "./trainingPlan.js";

/** Test episodes that the gallery shows. */
const PICTURED = 8;

/** Trains, then tests and draws; returns the exit code. Throws what `exitCodeOf` knows. */
export async function train(plan: TrainingPlan, json: boolean, io: Io): Promise<number> {
  const { folder, experiment } = plan;
  const report = json ? jsonReport(io, folder) : textReport(io, folder, experiment);
  noteSkipped(plan.images, io);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  let session: Session | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    report.stopping(signal, session?.waitsFor ?? "starting up");
    abort.abort();
  });
  try {
    return await withDevice(plan.device, async (device) => {
      session = new Session(plan, device, report, io, abort.signal);
      try {
        const last = await session.train();
        if (!abort.signal.aborted && (await session.finish(last))) {
          // Whatever arrived meanwhile came too late: all is there.
          stopListening();
          return codeOf("ok");
        }
        report.stopped(last.episode);
        return codeOf(stoppedBy!);
      } finally {
        session.close();
      }
    });
  } catch (error) {
    if (error instanceof DivergenceError && existsSync(folder.file.checkpoint)) {
      error.message += `; the last good checkpoint is ${folder.file.checkpoint}`;
    }
    const { path } = plan.folder;
    const cure = existsSync(folder.file.config)
      ? `; mend it, and go on with: hebbian train --resume ${shellWord(path)} --allow-changed-module`
      : "";
    throw blamed(error, plan.modules, cure);
  } finally {
    stopListening();
  }
}

/** One sitting of a run, from start or checkpoint to its end or a signal. */
class Session {
  private readonly folder: RunFolder;
  private readonly experiment: Experiment;
  private readonly images: ExperimentData | null;
  private unlock: () => void = () => {};
  private logs: MetricsLogs | null = null;
  /** What the run was trained on so far, where this is another device. */
  private earlier: EarlierDevice | null = null;
  /** What is other about the modules than before, since which episode. */
  private changes: readonly ModuleChange[] = [];
  /** What goes on before a signal takes effect, in words. */
  waitsFor = "finishing this episode, then a checkpoint";

  constructor(
    private readonly plan: TrainingPlan,
    private readonly device: Device,
    private readonly report: Report,
    private readonly io: Io,
    private readonly signal: AbortSignal,
  ) {
    this.folder = plan.folder;
    this.experiment = plan.experiment;
    this.images = plan.images;
  }

  /** Brings the logs to the disk and gives the folder back. */
  close(): void {
    try {
      this.logs?.close();
    } finally {
      this.unlock();
    }
  }

  private get config(): RunConfig {
    const { kind, threads } = this.device.info;
    const { config } = this.plan;
    const { earlier } = this;
    // A run that was killed before its next checkpoint goes on from the same episode once more.
    const before = config.earlierDevices.filter(({ untilEpisode }) => untilEpisode !== earlier?.untilEpisode);
    const earlierDevices = earlier ? [...before, earlier] : config.earlierDevices;
    const moduleChanges = [...config.moduleChanges, ...this.changes];
    return { ...config, device: kind, threads, earlierDevices, moduleChanges };
  }

  /** Returns the last checkpoint, of the end or of where a signal stopped it. */
  async train(): Promise<Checkpoint> {
    const { plan, device, folder, images, signal } = this;
    if (plan.resume) this.unlock = folder.lock();
    const saved = plan.resume ? folder.recoverCheckpoint(this.io.stderr) : null;
    if (saved) this.earlier = expectGoesOn(plan, saved.checkpoint, device.info);
    if (this.earlier) this.io.stderr.write(otherDeviceWarning(folder.path, this.earlier, device.info));
    const episode = saved?.checkpoint.episode ?? 0;
    this.changes = plan.changes.map((change) => ({ episode, ...change }));
    // A module that is another one now may have other options, which is wanted then.
    const options = this.changes.length > 0 ? plan.config.options : saved?.checkpoint.options;
    const { seed, episodes, checkpointEvery } = plan.config;
    const events = run(this.experiment, {
      ...{ device, images, signal, seed, episodes, checkpointEvery },
      options: plan.config.options,
      ...(saved && { resume: { ...saved.checkpoint, options: options! } }),
    });
    try {
      // The first event comes once the network is built: a run that cannot be leaves no folder behind.
      const start = await events.next();
      if (!plan.resume) this.unlock = folder.create();
      this.describe();
      this.logs = MetricsLogs.open(folder, saved?.metricsBytes ?? 0, plan.config.tensorboard, this.io);
      this.report.event(start.value!);
      return await this.follow(events, this.logs, episode);
    } finally {
      await events.return();
    }
  }

  /** What was asked, and where it ran: no host names, no paths. */
  private describe(): void {
    const { folder, device } = this;
    folder.writeConfig(this.config);
    folder.writeJson(folder.file.environment, {
      version,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      device: device.info.kind,
      threads: device.info.threads,
      why: device.info.why,
    });
  }

  private async follow(events: ReturnType<typeof run>, logs: MetricsLogs, from: number): Promise<Checkpoint> {
    const { folder, report, io } = this;
    let last: Checkpoint | null = null;
    const now = (episode: number) => ({ time: io.now(), processorTime: io.processorTime(), episode });
    let mark = now(from);
    for await (const event of events) {
      if (event.type === "episode") {
        const { episode, loss, gradientNorm, metrics } = event;
        logs.append({ episode, loss, gradientNorm, ...metrics });
      } else if (event.type === "checkpoint") {
        last = event.checkpoint;
        const { episode } = last;
        folder.writeCheckpoint(last, logs.sync());
        const here = now(episode);
        const seconds = (here.time - mark.time) / 1000;
        const processorSeconds = (here.processorTime - mark.processorTime) / 1000;
        folder.noteTiming({ episode, episodes: episode - mark.episode, seconds, processorSeconds });
        mark = here;
      }
      report.event(event);
    }
    return last!;
  }

  /** Tests the network on fresh episodes and leaves result, model and figures. Returns false if a signal came before. */
  async finish(model: Checkpoint): Promise<boolean> {
    const { plan, device, images, folder, experiment, signal, report } = this;
    const trained = { device, model, images };
    this.waitsFor = "finishing this test episode; the checkpoint is written";
    const scores: number[] = [];
    const onEpisode = (metrics: Readonly<Record<string, number>>) =>
      scores.push(metrics[experiment.metric.name]!);
    const evaluation = await evaluateExperiment(experiment, { ...trained, signal, onEpisode });
    if (signal.aborted) return false;
    this.waitsFor = "finishing the model and the figures";
    const look = lookAt(experiment, { ...trained, episodes: PICTURED });
    const conduct = observeAgent(experiment, trained);
    const proof = memoryProof(conduct);
    const notes = provenance(experiment, this.config, evaluation, look.rules);
    writeAtomic(folder.file.model, encodeModel(model, describeModel(experiment, model, images), notes));
    const figures = plan.figures ? await this.draw(look, conduct) : [];
    const { episodes: _, seed: __, ...tested } = evaluation;
    this.logs?.appendTest(model.episode, tested);
    folder.writeJson(folder.file.result, {
      trainedEpisodes: model.episode,
      evaluation: { ...evaluation, ...proof },
      scores,
    });
    report.finished(evaluation, proof, look, figures);
    return true;
  }

  private async draw(look: Look, conduct: Conduct | null): Promise<string[]> {
    const { folder, experiment } = this;
    // Drawing needs big libraries: loaded when there is something to draw.
    const { drawFigures } = await import("./drawFigures.js");
    const curve = curvePoints(folder.file.metrics, experiment.metric.name);
    return drawFigures(folder.file.figures, experiment, { curve, look, conduct });
  }
}
