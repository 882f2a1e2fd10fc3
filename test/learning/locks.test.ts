import { expect, it } from "vitest";
import { hammerLock } from "../support/lockHammer.js";

it.each([
  [2, 500],
  [6, 250],
])(
  "of %i processes that find the same dead lock, %i times each, never two have the folder",
  async (processes, times) => {
    expect(await hammerLock(processes, times)).toEqual({ taken: processes * times, shared: 0 });
  },
);
