import type { Device } from "../../src/devices/device.js";
import { ReferenceDevice } from "../../src/devices/reference/index.js";
import type { Rule } from "../../src/rules/index.js";
import { deviceChecks } from "../deviceChecks.js";
import { expectGraphParity, Mismatch } from "../parity.js";
import { type Move, plasticEpisode } from "../plasticEpisode.js";

const reference = new ReferenceDevice();

/** A way to look whether a device computes what the reference device does: throws a Mismatch where it does not. */
export type Look = (device: Device) => void;

/** Rows that fill no block, columns that fill no vector; reads ahead, and updates of their own. */
export const episodeOf =
  (rule: Rule, ...moves: Move[]): Look =>
  (device) =>
    expectGraphParity(
      reference,
      device,
      plasticEpisode({ rule, batch: 2, pre: 7, post: 35, moves, announced: true, seed: 1 }),
    );

/** All checks of a method of a device, of so many cases each. */
export const checksOf =
  (method: string, numRuns = 12): Look =>
  (device) => {
    for (const { check } of deviceChecks.filter((each) => each.method === method))
      check(reference, device, { seed: 1, numRuns, endOnFailure: true });
  };

/** True if it saw wrong numbers; anything else that goes wrong has not been seen, but stumbled over. */
export function notices(look: Look, device: Device): boolean {
  try {
    look(device);
    return false;
  } catch (error) {
    if (!(error instanceof Mismatch) && !((error as Error).cause instanceof Mismatch)) throw error;
    return true;
  }
}
