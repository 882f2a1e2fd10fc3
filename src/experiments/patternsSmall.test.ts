import { expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { decayingHebb, defineRule, simpleModulation } from "../rules/index.js";
import { type RunEvent, run } from "../training/index.js";
import { patternsSmall, patternsSmallWith } from "./patternsSmall.js";

const losses = async (experiment: typeof patternsSmall): Promise<number[]> => {
  const events: RunEvent[] = [];
  for await (const event of run(experiment, {
    device: new ReferenceDevice(),
    episodes: 2,
    options: { bits: 10 },
  })) {
    events.push(event);
  }
  return events.flatMap((event) => (event.type === "episode" ? event.loss : []));
};

it("trains a rule of one's own as it trains its own", async () => {
  expect(await losses(patternsSmallWith(decayingHebb))).toEqual(await losses(patternsSmall));
  const other = defineRule({
    ...decayingHebb.definition,
    name: "other",
    update: { H: "H + eta * pre * post" },
  });
  expect(await losses(patternsSmallWith(other))).not.toEqual(await losses(patternsSmall));
});

it("refuses a rule that asks for a modulator", async () => {
  await expect(losses(patternsSmallWith(simpleModulation))).rejects.toThrow(/m/);
});
