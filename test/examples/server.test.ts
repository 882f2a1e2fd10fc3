import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadModel, type Model } from "../../src/lifetime/index.js";
import { random } from "../../src/tasks/index.js";
import { installedExample, type Served, started } from "./installed.js";

const file = join(import.meta.dirname, "../../models/images.safetensors");
const data = mkdtempSync(join(tmpdir(), "hebbian-server-"));
const DATABASE = join(data, "lives.db");
let folder: string;
let model: Model;
let server: Served;
const start = () => started(folder, "server.js", { DATABASE });

beforeAll(async () => {
  folder = installedExample("server");
  model = await loadModel(file);
  server = await start();
}, 600_000);
afterAll(async () => {
  await server?.kill();
  rmSync(data, { recursive: true, force: true });
});

/** What a user shows in a step: a pure function of both. */
function inputOf(user: string, step: number): Float32Array<ArrayBuffer> {
  const rng = random(user.length, user, step);
  return Float32Array.from({ length: 1024 }, () => Math.tanh(rng.normal()));
}

const post = (user: string, step: number, body: BodyInit) =>
  fetch(`${server.url}${user}/steps/${step}`, { method: "POST", body });

/** Lives a step; null where the connection broke, as when the server is killed. */
async function live(user: string, step: number): Promise<Buffer | null> {
  try {
    const response = await post(user, step, inputOf(user, step));
    const answer = Buffer.from(await response.arrayBuffer());
    expect(response.status, answer.toString().slice(0, 200)).toBe(200);
    return answer;
  } catch (error) {
    // What fetch throws when nobody is there any more.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

it("killed with -9 at any moment, it has lost no step that it acknowledged, and every life goes on bit for bit", async () => {
  const users = ["ada", "ben", "cleo"];
  // Past two snapshots; the server is killed before they are through.
  const [STEPS, KILLS] = [110, 8];
  const acknowledged = new Map(users.map((user) => [user, [] as Buffer[]]));
  let kills = 0;
  let restarting: Promise<void> | null = null;
  const restart = async () => {
    await server.kill();
    kills++;
    server = await start();
    for (const user of users) {
      const { steps } = (await (await fetch(`${server.url}${user}`)).json()) as { steps: number };
      // One more is possible: lived, and killed before it could be acknowledged.
      const known = acknowledged.get(user)!.length;
      expect(
        steps - known === 0 || steps - known === 1,
        `${user}: ${steps} steps, ${known} acknowledged`,
      ).toBe(true);
    }
  };
  const delays = random(1, "delays", 0);
  const stopwatch = async () => {
    while (kills < KILLS) {
      await new Promise((resolve) => setTimeout(resolve, 20 + delays.integer(200)));
      restarting = restart();
      await restarting;
      restarting = null;
    }
  };
  const client = async (user: string) => {
    const answers = acknowledged.get(user)!;
    while (answers.length < STEPS || kills < KILLS) {
      const answer = await live(user, answers.length);
      if (answer) answers.push(answer);
      else await (restarting ?? new Promise((resolve) => setTimeout(resolve, 5)));
    }
  };
  await Promise.all([stopwatch(), ...users.map(client)]);

  for (const user of users) {
    const never = model.begin();
    for (let step = 0; step < acknowledged.get(user)!.length; step++) {
      const expected = Buffer.from(never.step(inputOf(user, step)).buffer);
      expect(acknowledged.get(user)![step]!.equals(expected), `${user}, step ${step}`).toBe(true);
    }
    const snapshot = new Uint8Array(await (await fetch(`${server.url}${user}/snapshot`)).arrayBuffer());
    expect(Buffer.compare(snapshot, never.snapshot())).toBe(0);
    never.end();
  }
}, 240_000);

it("gives an answer again to whoever asks for the last step again, and to nobody who asks for another", async () => {
  const first = (await live("dora", 0))!;
  expect((await live("dora", 0))!.equals(first)).toBe(true);
  expect((await post("dora", 0, inputOf("dora", 1))).status).toBe(409);
  expect((await post("dora", 2, inputOf("dora", 2))).status).toBe(409);
  expect(await (await fetch(`${server.url}dora`)).json()).toEqual({ steps: 1 });
});

it.each([
  ["too few numbers", "dora/steps/1", new Float32Array(3), 400],
  ["numbers that are none", "dora/steps/1", new Float32Array(1024).fill(Number.NaN), 400],
  ["a user with an odd name", "..%2f/steps/0", new Float32Array(1024), 404],
  ["a step that is no number", "dora/steps/x", new Float32Array(1024), 404],
])("refuses %s", async (_, path, body, status) => {
  expect((await fetch(server.url + path, { method: "POST", body })).status).toBe(status);
});
