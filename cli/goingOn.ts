import type { DeviceInfo } from "../src/devices/device.js";
import type { Checkpoint } from "../src/training/index.js";
import { UsageError } from "./exitCodes.js";
import { FileError } from "./files.js";
import type { RunConfig } from "./runFolder.js";
import type { TrainingPlan } from "./trainingPlan.js";

type Machine = Pick<DeviceInfo, "kind" | "threads" | "lanes">;
/** A device that a run was trained on before it went on on another. */
export type EarlierDevice = RunConfig["earlierDevices"][number];

/** The flag that lets a run go on on another device. */
export const allowFlag = "--allow-other-device";

const width = (lanes: number | null | undefined) =>
  lanes ? `vectors of ${lanes} numbers` : "vectors of its usual width";
const words = ({ kind, threads }: { readonly kind: unknown; readonly threads: unknown }) =>
  `${kind} with threads ${threads}`;

/**
 * Checks that a run goes on from a checkpoint exactly as it began: on the same device, with as many threads and vectors of the
 * same width, and to no fewer episodes than it has lived. Throws a FileError or UsageError.
 *
 * @returns null, or, where the plan allows another device and it is another, the one so far
 */
export function expectGoesOn(
  plan: TrainingPlan,
  { device: was, episode }: Pick<Checkpoint, "device" | "episode">,
  got: Machine & Pick<DeviceInfo, "why">,
): EarlierDevice | null {
  const { folder, config, allowOtherDevice } = plan;
  const isSame = words(got) === words(was) && got.lanes === was.lanes;
  if (!allowOtherDevice) expectSameDevice(plan, was, got);
  // A run lives whole batches: it may have lived more than it was asked for.
  if (config.episodes < Math.min(episode, folder.readConfig().episodes)) {
    throw new UsageError(
      `--resume: the run in ${folder.path} has lived ${episode} episodes, --episodes ${config.episodes} is fewer; ` +
        "leave --episodes out, or give more",
    );
  }
  if (isSame) return null;
  const { kind: device, threads, lanes } = was;
  return { untilEpisode: episode, device, threads, lanes: lanes ?? null };
}

function expectSameDevice(
  { folder, device: asked }: TrainingPlan,
  was: Machine,
  got: Machine & Pick<DeviceInfo, "why">,
): void {
  const inConfig = words({ kind: asked.device, threads: asked.threads });
  if (inConfig !== words(was)) {
    throw new FileError(
      `${folder.file.config} says ${inConfig}, but the run's checkpoint was made on ${words(was)}; restore config.json, ` +
        `or give ${allowFlag}`,
    );
  }
  if (words(got) === words(was) && got.lanes === was.lanes) return;
  const [before, now] =
    words(got) === words(was)
      ? [`a machine with ${width(was.lanes)}`, width(got.lanes)]
      : [words(was), words(got)];
  throw new UsageError(
    `--resume: the run in ${folder.path} began on ${before}, here it would be ${now} (${got.why}), and other bits; ` +
      `go on where it began, or give ${allowFlag}`,
  );
}

/** What is said when a run goes on on another device. */
export function otherDeviceWarning(
  folder: string,
  { untilEpisode, ...was }: EarlierDevice,
  got: Machine,
): string {
  const machine = (device: string, threads: number, lanes: number | null | undefined) =>
    `${words({ kind: device, threads })}${lanes ? `, ${width(lanes)}` : ""}`;
  return (
    `warning: the run in ${folder} was trained on ${machine(was.device, was.threads, was.lanes)}, and goes on on ` +
    `${machine(got.kind, got.threads, got.lanes)}: from episode ${untilEpisode} on its bits are not those of a run that stays ` +
    "on one device; config.json notes it\n"
  );
}
