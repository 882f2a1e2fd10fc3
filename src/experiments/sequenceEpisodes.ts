import type { Random, SequenceEpisode, SequenceTask } from "../tasks/index.js";
import { likeliest } from "../tasks/index.js";
import { expectMetrics, expectNumbers, type Split, shownValue, TaskError } from "../training/index.js";
import type { SequenceLoss } from "./losses.js";

/** A task whose episodes are looked through before any number of them reaches a network. */
export interface CheckedTask<Episode extends SequenceEpisode> {
  readonly asked: readonly number[];
  /** As the task's own. Throws a TaskError for an episode of other sizes, or with anything in it that is not finite. */
  episode(random: Random, split: Split): Episode;
  /** A batch of episodes as `Supervised.prepare` wants it, row k * batch + b. Throws a TaskError where nothing counts. */
  joined(episodes: readonly Episode[]): {
    readonly given: Float32Array;
    readonly targets: Float32Array;
    readonly mask: Float32Array;
  };
}

/** Throws a TaskError for sizes that no task can have. */
export function checkedTask<Episode extends SequenceEpisode>(
  task: SequenceTask<Episode>,
  kind: SequenceLoss["targets"],
): CheckedTask<Episode> {
  expectTask(task, kind);
  const { steps, inputs, outputs } = task;
  const asked = task.asked ?? Array.from({ length: steps }, (_, t) => t);
  const isClasses = kind === "classes";
  return {
    asked,
    episode(random, split) {
      const episode: unknown = task.episode(random, split);
      if (typeof episode !== "object" || episode === null || episode instanceof Promise) {
        throw new TaskError(`episode: expected { inputs, targets }, got ${shownValue(episode)}`);
      }
      const made = episode as Episode;
      expectNumbers(
        "episode, inputs",
        made.inputs,
        steps * inputs,
        `steps x inputs = ${steps} x ${inputs} = ${steps * inputs}`,
      );
      const count = asked.length;
      if (isClasses) {
        expectNumbers("episode, targets", made.targets, count, `asked = ${count}`);
        Array.from(made.targets).forEach((target, k) => {
          if (Number.isInteger(target) && target >= 0 && target < outputs) return;
          throw new TaskError(
            `episode, targets: number ${k} must be a class, a whole number from 0 to ${outputs - 1}, got ${target}`,
          );
        });
      } else {
        const all = count * outputs;
        expectNumbers(
          "episode, targets",
          made.targets,
          all,
          `asked x outputs = ${count} x ${outputs} = ${all}`,
        );
      }
      if (made.mask === undefined) return made;
      expectNumbers("episode, mask", made.mask, count, `asked = ${count}`);
      const negative = Array.from(made.mask).findIndex((each) => each < 0);
      if (negative < 0) return made;
      throw new TaskError(`episode, mask: number ${negative} is ${made.mask[negative]}; none may be below 0`);
    },
    joined(episodes) {
      const batch = episodes.length;
      const given = new Float32Array(steps * batch * inputs);
      const targets = new Float32Array(asked.length * batch * outputs);
      const mask = new Float32Array(asked.length * batch * outputs);
      episodes.forEach((episode, b) => {
        for (let t = 0; t < steps; t++) {
          const row = (t * batch + b) * inputs;
          for (let i = 0; i < inputs; i++) given[row + i] = episode.inputs[t * inputs + i]!;
        }
        for (let k = 0; k < asked.length; k++) {
          const row = (k * batch + b) * outputs;
          if (isClasses) targets[row + episode.targets[k]!] = 1;
          else for (let i = 0; i < outputs; i++) targets[row + i] = episode.targets[k * outputs + i]!;
          mask.fill(episode.mask?.[k] ?? 1, row, row + outputs);
        }
      });
      if (mask.some((each) => each > 0)) return { given, targets, mask };
      throw new TaskError(
        "episode, mask: no answer of the whole batch counts; let at least one of an episode be above 0",
      );
    },
  };
}

/** What each episode of a batch measures. `answers`: [batch, outputs] for each step that was asked. */
export function measured<Episode extends SequenceEpisode>(
  task: SequenceTask<Episode>,
  kind: SequenceLoss["targets"],
  asked: readonly number[],
  episodes: readonly Episode[],
  answers: readonly ArrayLike<number>[],
): Record<string, number>[] {
  const { outputs } = task;
  return episodes.map((episode, b) => {
    const own = new Float32Array(asked.length * outputs);
    answers.forEach((each, k) => {
      for (let i = 0; i < outputs; i++) own[k * outputs + i] = each[b * outputs + i]!;
    });
    return task.measure
      ? expectMetrics(task.measure(episode, own))
      : { error: usualError(episode, own, kind, outputs) };
  });
}

/** The mean squared error, or the share of wrong answers, over what counts; 0 where nothing does. */
function usualError(
  { targets, mask }: SequenceEpisode,
  answers: Float32Array,
  kind: SequenceLoss["targets"],
  outputs: number,
): number {
  let [errors, counted] = [0, 0];
  for (let k = 0; k < answers.length / outputs; k++) {
    const weight = mask?.[k] ?? 1;
    counted += weight;
    if (kind === "classes") {
      if (likeliest(answers, k * outputs, outputs) !== targets[k]) errors += weight;
      continue;
    }
    for (let i = k * outputs; i < (k + 1) * outputs; i++) {
      errors += (weight * (answers[i]! - targets[i]!) ** 2) / outputs;
    }
  }
  return counted > 0 ? errors / counted : 0;
}

function expectTask<Episode extends SequenceEpisode>(
  task: SequenceTask<Episode>,
  kind: SequenceLoss["targets"],
): void {
  if (typeof task !== "object" || task === null) {
    throw new TaskError(`task: expected { steps, inputs, outputs, episode }, got ${shownValue(task)}`);
  }
  const { steps, inputs, outputs, asked } = task;
  for (const [name, value] of Object.entries({ steps, inputs, outputs })) {
    const least = name === "outputs" && kind === "classes" ? 2 : 1;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new TaskError(
      `task: ${name}: expected a whole number of at least ${least}, got ${shownValue(value)}`,
    );
  }
  if (typeof task.episode !== "function") {
    throw new TaskError(`task: episode: expected a function, got ${shownValue(task.episode)}`);
  }
  if (asked === undefined) return;
  const isAscending = asked.every(
    (step, k) => Number.isInteger(step) && step > (asked[k - 1] ?? -1) && step < steps,
  );
  if (asked.length > 0 && isAscending) return;
  throw new TaskError(
    `task: asked: expected steps from 0 to ${steps - 1}, ascending and at least one, got [${asked.join(", ")}]`,
  );
}
