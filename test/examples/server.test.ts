import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
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
  await claim("dora");
}, 600_000);
afterAll(async () => {
  await server?.kill();
  rmSync(data, { recursive: true, force: true });
});

const headersOf = (user: string) => ({ authorization: `Bearer ${user.padEnd(32, "-")}` });
const get = (path: string) => fetch(server.url + path, { headers: headersOf(path.split("/")[0]!) });
const claim = (user: string) => fetch(server.url + user, { method: "PUT", headers: headersOf(user) });

/** What a user shows in a step: a pure function of both. */
function inputOf(user: string, step: number): Float32Array<ArrayBuffer> {
  const rng = random(user.length, user, step);
  return Float32Array.from({ length: 1024 }, () => Math.tanh(rng.normal()));
}

const post = (user: string, step: number, body: BodyInit) =>
  fetch(`${server.url}${user}/steps/${step}`, { method: "POST", body, headers: headersOf(user) });

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
  for (const user of users) expect((await claim(user)).status).toBe(201);
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
      const { steps } = (await (await get(user)).json()) as { steps: number };
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
    const snapshot = new Uint8Array(await (await get(`${user}/snapshot`)).arrayBuffer());
    expect(Buffer.compare(snapshot, never.snapshot())).toBe(0);
    never.end();
  }
}, 240_000);

it("gives an answer again to whoever asks for the last step again, and to nobody who asks for another", async () => {
  const first = (await live("dora", 0))!;
  expect((await live("dora", 0))!.equals(first)).toBe(true);
  expect((await post("dora", 0, inputOf("dora", 1))).status).toBe(409);
  expect((await post("dora", 2, inputOf("dora", 2))).status).toBe(409);
  expect(await (await get("dora")).json()).toEqual({ steps: 1 });
});

it.each([
  ["too few numbers", "dora/steps/1", new Float32Array(3), 400],
  ["numbers that are none", "dora/steps/1", new Float32Array(1024).fill(Number.NaN), 400],
  ["numbers that are no greys", "dora/steps/1", new Float32Array(1024).fill(3e38), 400],
  ["a user with an odd name", "..%2f/steps/0", new Float32Array(1024), 404],
  ["a step that is no number", "dora/steps/x", new Float32Array(1024), 404],
])("refuses %s", async (_, path, body, status) => {
  expect((await fetch(server.url + path, { method: "POST", body, headers: headersOf("dora") })).status).toBe(
    status,
  );
});

it("gives a name to whoever claims it first, for good, and lets nobody else near it", async () => {
  expect((await claim("emil")).status).toBe(201);
  // The answer may have got lost.
  expect((await claim("emil")).status).toBe(200);
  const others = [{}, headersOf("dora"), { authorization: "Bearer x" }, { authorization: "Basic ZW1pbDp4" }];
  for (const headers of others) {
    for (const path of ["emil", "emil/snapshot", "nobody"]) {
      expect((await fetch(server.url + path, { headers })).status).toBe(401);
    }
    const body = inputOf("emil", 0);
    expect((await fetch(`${server.url}emil/steps/0`, { method: "POST", body, headers })).status).toBe(401);
  }
  expect((await fetch(`${server.url}emil`, { method: "PUT", headers: headersOf("dora") })).status).toBe(409);
  expect(await (await get("emil")).json()).toEqual({ steps: 0 });
  await server.kill();
  expect(readFileSync(DATABASE).includes("emil".padEnd(32, "-"))).toBe(false);
  server = await start();
  expect((await get("emil")).status).toBe(200);
});

it("refuses to start on a database that another server has open, and leaves that one alone", async () => {
  await expect(start()).rejects.toThrow("lives.db is in use by another server; end that one");
  expect((await get("dora")).status).toBe(200);
});

/** What comes back for bytes as they are, until the server closes the connection or says all it has to say. */
function raw(text: string, isEnough: (answer: string) => boolean = (answer) => answer.includes("\r\n\r\n")) {
  const { port } = new URL(server.url);
  return new Promise<string>((resolve) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (isEnough(answer)) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

it("answers odd requests with 400, 401, 404 or 405, and nothing in them is an internal error", async () => {
  const lines: readonly (readonly [string, number])[] = [
    ["GET // HTTP/1.1\r\nHost: x", 404],
    ["GET /% HTTP/1.1\r\nHost: x", 404],
    ["GET / HTTP/1.1\r\nHost: [", 404],
    ["GET /dora HTTP/1.1\r\nHost: %%%", 401],
    ["GET /dora HTTP/1.1", 400],
    ["GET http://[/dora HTTP/1.1\r\nHost: x", 404],
    ["OPTIONS * HTTP/1.1\r\nHost: x", 404],
    ["DELETE /dora HTTP/1.1\r\nHost: x", 405],
    ["PROPFIND /dora/snapshot HTTP/1.1\r\nHost: x", 405],
    ["HEAD /dora HTTP/1.1\r\nHost: x", 405],
    ["GET /dora/steps/1 HTTP/1.1\r\nHost: x", 405],
    ["GET /dora/constructor HTTP/1.1\r\nHost: x", 404],
    ["GET /dora/snapshot/1 HTTP/1.1\r\nHost: x", 404],
    ["GET /dora/steps/1/2 HTTP/1.1\r\nHost: x", 404],
    ["NONSENSE /dora HTTP/1.1\r\nHost: x", 400],
    [`GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x`, 431],
  ];
  for (const [line, status] of lines) {
    expect(await raw(`${line}\r\n\r\n`), line.slice(0, 60)).toContain(`HTTP/1.1 ${status} `);
  }
  expect(server.errors()).toBe("");
});

const residentOf = ({ pid }: Served): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
const postLine = (user: string, more: string) =>
  `POST /${user}/steps/1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${headersOf(user).authorization}\r\n${more}\r\n\r\n`;

it("refuses a body by its announced length, and one of no announced length at its first byte too many", async () => {
  expect(await raw(postLine("dora", "Content-Length: 1200000000"))).toContain("HTTP/1.1 413 ");
  const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
  const chunked = postLine("dora", "Transfer-Encoding: chunked");
  expect(await raw(chunked + chunk(4096) + chunk(1))).toContain("HTTP/1.1 413 ");
  // Whatever else is sent ends nowhere, and the connection with it.
  const before = residentOf(server);
  expect(await raw(chunked + chunk(256 * 1024 * 1024), () => false)).toContain("HTTP/1.1 413 ");
  expect(residentOf(server) - before).toBeLessThan(96 * 1024 * 1024);
  expect(server.errors()).toBe("");
});

it("waits some seconds for a body and no longer, and takes a connection that breaks off for no fault", async () => {
  const slow = raw(postLine("dora", "Content-Length: 4096"), () => false);
  for (let k = 0; k < 20; k++) {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(`${postLine("dora", "Content-Length: 4096")}half of it`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    socket.destroy();
  }
  expect(await slow).toContain("HTTP/1.1 408 ");
  expect(server.errors()).toBe("");
  expect((await get("dora")).status).toBe(200);
});

it("keeps its memory while more users live at once than it keeps awake", async () => {
  const users = Array.from({ length: 120 }, (_, k) => `user${k}`);
  // A few at a time: a slow machine needs longer for all of them than the server waits for a body.
  const each = async <T>(ask: (user: string) => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    for (let k = 0; k < users.length; k += 8)
      answers.push(...(await Promise.all(users.slice(k, k + 8).map(ask))));
    return answers;
  };
  await each(claim);
  const round = async (step: number) => {
    const statuses = await each(async (user) => (await post(user, step, inputOf(user, step))).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  };
  for (let step = 0; step < 2; step++) await round(step);
  const before = residentOf(server);
  for (let step = 2; step < 5; step++) await round(step);
  expect(residentOf(server) - before).toBeLessThan(64 * 1024 * 1024);
});

interface Lives {
  stepsOf(user: string): number;
  snapshotOf(user: string): Uint8Array;
  step(user: string, step: number, input: Float32Array): Float32Array | null;
}

/** The example's own parts, without a server around them. */
async function livesOn(database: string, of: Pick<Model, "begin" | "resume"> = model) {
  const { openDatabase } = await import(join(folder, "database.js"));
  const { Lives, StepRefused } = await import(join(folder, "lives.js"));
  const opened = openDatabase(join(data, database));
  return { lives: new Lives(of, opened) as Lives, StepRefused, database: opened };
}

/** The bytes of a life of `steps` steps that nothing ever happened to. */
function unbroken(user: string, steps: number): Buffer {
  const life = model.begin();
  for (let step = 0; step < steps; step++) life.step(inputOf(user, step));
  const snapshot = Buffer.from(life.snapshot());
  life.end();
  return snapshot;
}

it("lives no step that leads out of the finite numbers, in memory or on the disk", async () => {
  const { lives, StepRefused, database } = await livesOn("refused.db");
  lives.step("fred", 0, inputOf("fred", 0));
  const before = Buffer.from(lives.snapshotOf("fred"));
  const huge = new Float32Array(1024).fill(3e38);
  // The first is answered in finite numbers. The second is too, but leaves an infinite trace.
  lives.step("fred", 1, huge);
  for (let k = 0; k < 2; k++) expect(() => lives.step("fred", 2, huge)).toThrow(StepRefused);
  expect(lives.stepsOf("fred")).toBe(2);
  const after = Buffer.from(lives.snapshotOf("fred"));
  expect(after.equals(before)).toBe(false);
  database.close();
  const again = await livesOn("refused.db");
  expect(Buffer.from(again.lives.snapshotOf("fred")).equals(after)).toBe(true);
  again.database.close();
});

it("lives a step whole or not at all while the disk is full", async () => {
  const { lives, database } = await livesOn("full.db");
  lives.step("gina", 0, inputOf("gina", 0));
  const pages = database.pragma("page_count", { simple: true });
  database.pragma(`max_page_count = ${pages}`);
  let step = 1;
  const fill = () => {
    for (; step < 60; step++) lives.step("gina", step, inputOf("gina", step));
  };
  expect(fill).toThrow("full");
  expect(lives.stepsOf("gina")).toBe(step);
  expect(Buffer.from(lives.snapshotOf("gina")).equals(unbroken("gina", step))).toBe(true);
  database.pragma("max_page_count = 1000000");
  fill();
  expect(Buffer.from(lives.snapshotOf("gina")).equals(unbroken("gina", 60))).toBe(true);
  database.close();
});

it("lives a step whole or not at all where the snapshot throws that belongs to it", async () => {
  let fails = true;
  // Its lives fail at their 50th step's snapshot.
  const failing = Object.create(model, {
    begin: {
      value: () => {
        const life = model.begin();
        const snapshot = life.snapshot.bind(life);
        life.snapshot = () => {
          if (fails) throw new RangeError("no memory for a snapshot");
          return snapshot();
        };
        return life;
      },
    },
  });
  const { lives, database } = await livesOn("snapshot.db", failing);
  for (let step = 0; step < 49; step++) lives.step("hugo", step, inputOf("hugo", step));
  for (let k = 0; k < 2; k++)
    expect(() => lives.step("hugo", 49, inputOf("hugo", 49))).toThrow("no memory for a snapshot");
  expect(lives.stepsOf("hugo")).toBe(49);
  fails = false;
  lives.step("hugo", 49, inputOf("hugo", 49));
  expect(Buffer.from(lives.snapshotOf("hugo")).equals(unbroken("hugo", 50))).toBe(true);
  database.close();
});
