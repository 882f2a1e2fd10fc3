import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Fields, History, Overview } from "../../worker/inside.js";
import { Memory } from "../../worker/memory.js";
import { Looking, limitOf, shownAt, synapseFrom } from "./looking.js";

const file = readFileSync(join(import.meta.dirname, "../../../../models/images.safetensors"));
const memory = new Memory();
let pictures: readonly Float32Array[];
/** The least that a picture can be shown. */
const showing = { presentations: 1, delay: 0, seed: 1 };
beforeAll(async () => {
  await memory.load(file, null);
  pictures = memory.ownPictures();
});

/** Answers at once, and so that one sees what was asked. */
const answering = {
  look: () => ({ steps: 22, neurons: 1025, schedule: new Int16Array(22) }),
  overview: (step: number) => ({ step }) as unknown as Overview,
  fields: (step: number, pixel: number) => {
    const all = (value: number) => ({
      incoming: Float32Array.from({ length: 1024 }, (_, k) => (k === pixel + 1 ? 2 * value : value)),
      outgoing: new Float32Array(1024),
    });
    return { w: all(1), alpha: all(1), H: all(step), effective: all(1) } as Fields;
  },
  synapse: (pre: number, post: number) => ({ w: pre, alpha: post }) as unknown as History,
};
async function answered(chosen = { neuron: 528, synapse: "" }, worker = answering) {
  const looking = new Looking(worker, chosen, () => {});
  await looking.open();
  return { looking, chosen };
}

describe("Look inside", () => {
  it("goes on with another picture that is added later, from wherever one looked before", async () => {
    memory.begin(pictures.slice(0, 1), showing);
    const looking = new Looking(memory, { neuron: 528, synapse: "" }, () => {});
    await looking.open();
    expect(looking.view).toMatchObject({ step: 22, synapse: { post: 528 } });
    expect(looking.view.overview!.limits.H).toBeGreaterThan(0);
    expect(looking.view.history!.H).toHaveLength(22);
    memory.begin(pictures.slice(0, 2), showing);
    // The new life is not open yet: what one asks meanwhile is answered by it.
    await looking.to(22);
    await looking.choose(40);
    expect(looking.view.failure).toBe("");
    await looking.open();
    expect(looking.view.about!.steps).toBe(44);
    memory.begin(pictures.slice(0, 1), showing);
    await looking.to(44);
    expect(looking.view.failure).toBe("");
  });

  it("opens at the end of the life, with the connection that learning has changed most", async () => {
    const { looking } = await answered();
    expect(looking.view).toMatchObject({
      step: 22,
      overview: { step: 22 },
      synapse: { pre: 529, post: 528 },
    });
  });

  it("shows what the pointer is over, and the chosen pixel again when it leaves", async () => {
    const { looking, chosen } = await answered();
    await looking.point(7);
    expect(looking.view.neuron).toBe(7);
    expect(looking.view.fields!.w.incoming[8]).toBe(2);
    await looking.point(null);
    expect(looking.view.neuron).toBe(528);
    await looking.choose(9);
    expect([chosen.neuron, looking.view.synapse]).toEqual([9, { pre: 10, post: 9 }]);
  });

  it("shows the arithmetic of a pixel that is pressed though the pointer goes on moving over it", async () => {
    const { looking } = await answered();
    await Promise.all([looking.choose(9), looking.point(9), looking.point(10)]);
    expect(looking.view.synapse).toEqual({ pre: 10, post: 9 });
    expect(looking.view.neuron).toBe(10);
  });

  it("shows the connection that a visitor picks while the strongest one is still being looked for", async () => {
    const { looking } = await answered();
    await Promise.all([looking.choose(9), looking.pick({ pre: 1, post: 2 })]);
    expect(looking.view.synapse).toEqual({ pre: 1, post: 2 });
  });

  it("goes on showing what the pointer is over when another moment comes", async () => {
    const { looking } = await answered();
    const moment = looking.to(3);
    await looking.point(7);
    await moment;
    expect(looking.view).toMatchObject({ step: 3, neuron: 7 });
  });

  it("waits for its life with what is picked before there is one", async () => {
    const chosen = { neuron: 5, synapse: "" };
    const none = () => Promise.reject(new Error("no life"));
    const looking = new Looking(
      { ...answering, synapse: none as never, overview: none as never },
      chosen,
      () => {},
    );
    await looking.pickBlock(0, 1);
    await looking.reset(6);
    expect(looking.view.failure).toBe("");
    expect(chosen).toEqual({ neuron: 6, synapse: "" });
  });

  it("has nothing in the trace before the first step, and keeps what an address says of a connection", async () => {
    const { looking, chosen } = await answered({ neuron: 5, synapse: "3-1024" });
    expect(looking.view.synapse).toEqual({ pre: 3, post: 1024 });
    await looking.to(-4);
    expect([looking.view.step, limitOf(looking.view.fields, "H")]).toEqual([0, 0]);
    await looking.pickBlock(204, 0);
    expect(chosen.synapse).toBe("1022-2");
    await looking.reset(528);
    expect(looking.view).toMatchObject({ step: 22, neuron: 528, synapse: { post: 528 } });
  });

  it("says a failure in words, and no longer once something works", async () => {
    let fails = true;
    const overview = (step: number) => {
      if (fails) throw new Error("out of memory");
      return answering.overview(step);
    };
    const { looking } = await answered(undefined, { ...answering, overview });
    expect(looking.view.failure).toMatch(/not enough memory/);
    fails = false;
    await looking.to(3);
    expect(looking.view.failure).toBe("");
  });

  it("takes the latest question's answer alone, however late the others come", async () => {
    const waiting: (() => void)[] = [];
    const { looking } = await answered();
    const slow = new Looking(
      {
        ...answering,
        overview: (step: number) =>
          new Promise<Overview>((resolve) => waiting.push(() => resolve(answering.overview(step)))) as never,
      },
      { neuron: 1, synapse: "" },
      () => {},
    );
    slow.view = looking.view;
    const asked = [3, 9, 15].map((step) => slow.to(step));
    for (const answer of waiting.reverse()) answer();
    await Promise.all(asked);
    expect(slow.view).toMatchObject({ step: 15, overview: { step: 15 } });
  });
});

describe("an address", () => {
  it.each(["", "3", "3-", "a-b", "1025-3", "3-1025", "-3-4", "99999-1"])(
    "that says %j names no connection",
    (text) => {
      expect(synapseFrom(text)).toBeNull();
    },
  );
});

it("the picture of a moment is the one shown, or the last before a silence", () => {
  const schedule = [-1, 2, 2, -1, 0];
  expect([0, 1, 2, 4, 5].map((step) => shownAt(schedule, step))).toEqual([
    { picture: -1, silent: true },
    { picture: -1, silent: true },
    { picture: 2, silent: false },
    { picture: 2, silent: true },
    { picture: 0, silent: false },
  ]);
});
