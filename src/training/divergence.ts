import type { Device } from "../devices/device.js";
import type { Parameter, Tape } from "../tape/index.js";
import { firstNonFiniteStep } from "./episode.js";
import type { LivedEpisode } from "./experiment.js";
import type { Optimizer } from "./optimizer.js";

/** Training has left the numbers: something is NaN or infinite, or no gradient is left. Nothing of it was saved. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";

  constructor(
    /** 1-based, as in the events of a run. */
    readonly episode: number,
    /** What is not finite: "loss", "output", "gradient of recurrent.w"... */
    readonly tensor: string,
    /** 1-based time step, where one can be named. */
    readonly step: number | null,
    what: string,
    lr: number,
  ) {
    const where = step === null ? `episode ${episode}` : `episode ${episode}, time step ${step}`;
    super(`training diverged in ${where}: ${what}; lower lr (now ${lr}) or try another seed`);
  }
}

/** Looks where an episode first left the finite numbers: in an output, or only in the loss. */
export function divergedForward(
  tape: Tape,
  lived: LivedEpisode,
  episode: number,
  lr: number,
): DivergenceError {
  const step = firstNonFiniteStep(tape, lived.outputs);
  const tensor = step === null ? "loss" : "output";
  return new DivergenceError(
    episode,
    tensor,
    step === null ? null : step + 1,
    `the ${tensor} is not finite`,
    lr,
  );
}

/** Names the parameter whose gradient left the finite numbers, if the gradients' norm did. */
export function divergedBackward(
  device: Device,
  parameters: readonly Parameter[],
  episode: number,
  lr: number,
): DivergenceError {
  const worst = parameters.find(({ trained, grad }) => trained && !device.allFinite([grad]));
  const tensor = worst ? `gradient of ${worst.name}` : "norm of all gradients";
  return new DivergenceError(episode, tensor, null, `the ${tensor} is not finite`, lr);
}

/** Throws if a parameter or moment is not finite: no checkpoint may hold one. */
export function expectFinite(
  device: Device,
  { parameters, moments, lr }: Pick<Optimizer, "parameters" | "moments" | "lr">,
  episode: number,
): void {
  const all = [
    ...parameters.map(({ name, value }) => [value, name] as const),
    ...moments.flatMap(({ parameter: { name }, m, v }) => [
      [m, `first moment of ${name}`] as const,
      [v, `second moment of ${name}`] as const,
    ]),
  ];
  for (const [buffer, tensor] of all) {
    if (device.allFinite([buffer])) continue;
    throw new DivergenceError(episode, tensor, null, `after its update, the ${tensor} is not finite`, lr);
  }
}

/** Episodes in a row with errors but without any gradient, after which a network counts as dead. */
const DEAD_EPISODES = 20;

/**
 * Watches for a network driven so far into saturation that every gradient is exactly 0 while the loss is not:
 * no number is NaN then, but nothing will ever be learned again. A single such episode is possible in a healthy one.
 */
export class SaturationWatch {
  /** Such episodes in a row, up to the latest: part of a run's state, so that one that is often stopped ends as any other. */
  episodes = 0;

  see(loss: number, gradientNorm: number, episode: number, lr: number): void {
    this.episodes = loss > 0 && gradientNorm === 0 ? this.episodes + 1 : 0;
    if (this.episodes < DEAD_EPISODES) return;
    const what = `every gradient has been exactly 0 for ${DEAD_EPISODES} episodes, the network is saturated`;
    throw new DivergenceError(episode, "gradient", null, what, lr);
  }
}
