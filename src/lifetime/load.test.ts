import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Architecture, architectureText, ModelError, writeSafetensors } from "../models/index.js";
import { decayingHebb } from "../rules/decayingHebb.js";
import { loadModel } from "./load.js";
import type { Progress } from "./source.js";

/** Some numbers, so that a file comes in more than one piece. */
const NEURONS = 200;

const architecture: Architecture = {
  inputs: [{ name: "u", size: NEURONS, tail: [] }],
  states: [{ name: "y", size: NEURONS, start: 0 }],
  connections: [
    {
      name: "r",
      rule: decayingHebb,
      pre: NEURONS,
      post: NEURONS,
      parameters: { w: "r.w", alpha: "r.alpha", eta: "r.eta" },
    },
  ],
  programs: [
    {
      given: ["u"],
      operations: [{ op: "read", connection: "r", from: "u", to: "output" }],
      next: { y: "output" },
      output: "output",
    },
  ],
  answers: 2,
};
const numbers = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: Float32Array.from({ length: rows * cols }, (_, k) => (k % 7) / 8),
});
const tensors = {
  "r.w": numbers(NEURONS, NEURONS),
  "r.alpha": numbers(NEURONS, NEURONS),
  "r.eta": numbers(1, 1),
};
const bytes = writeSafetensors(tensors, {
  format: "hebbian model 1",
  architecture: architectureText(architecture),
  experiment: "sums",
});

let folder: string;
let path: string;
let server: Server;
let address: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-load-"));
  path = join(folder, "a model.safetensors");
  writeFileSync(path, bytes);
  server = createServer((request, response) => {
    if (request.url === "/chunked") response.end(bytes);
    else if (request.url === "/model") response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    else if (request.url === "/short") {
      response.writeHead(200, { "content-length": bytes.length }).write(bytes.subarray(0, 999));
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  server.close();
});

/** The model's answer to ones is the sum of its weights' columns. */
async function expectLoads(source: Parameters<typeof loadModel>[0]): Promise<Progress[]> {
  const seen: Progress[] = [];
  const model = await loadModel(source, { onProgress: (progress) => seen.push(progress) });
  expect(model).toMatchObject({ name: "sums", outputs: 2, inputs: [{ name: "u", size: NEURONS }] });
  const answer = model.begin().step(new Float32Array(NEURONS).fill(1));
  const column = (j: number) =>
    Array.from({ length: NEURONS }, (_, i) => tensors["r.w"].data[i * NEURONS + j]!).reduce((a, b) => a + b);
  expect(Array.from(answer)).toEqual([column(0), column(1)]);
  expect(seen.at(-1)!.loaded).toBe(bytes.length);
  return seen;
}

describe("loadModel takes", () => {
  it.each<[string, () => Parameters<typeof loadModel>[0]]>([
    ["a path", () => path],
    ["a file's URL", () => pathToFileURL(path)],
    ["a file's URL as text", () => pathToFileURL(path).href],
    ["a File", () => new File([bytes.slice()], "a.safetensors")],
    ["bytes", () => bytes],
    ["bytes in the middle of others", () => Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)],
    ["an ArrayBuffer", () => bytes.slice().buffer],
    ["an address", () => new URL(`${address}/model`)],
    ["an address as text", () => `${address}/model`],
  ])("%s, and tells how far it is", async (_, source) => {
    const seen = await expectLoads(source());
    for (const [k, { loaded, total }] of seen.entries()) {
      expect(total).toBe(bytes.length);
      expect(loaded).toBeGreaterThan(seen[k - 1]?.loaded ?? 0);
    }
  });

  it("an address that does not say how long the file is", async () => {
    const [first] = await expectLoads(`${address}/chunked`);
    expect(first!.total === null || first!.total === bytes.length).toBe(true);
  });
});

describe("loadModel refuses with one ModelError", () => {
  it.each<[string, () => Parameters<typeof loadModel>[0], RegExp]>([
    [
      "a file that is not there",
      () => join(folder, "none"),
      /none: cannot be loaded \(ENOENT.*check the address$/,
    ],
    ["a folder", () => folder, /cannot be loaded \(EISDIR/],
    [
      "an address where nothing is",
      () => `${address}/none`,
      /none: cannot be loaded \(the server answers 404\)/,
    ],
    ["a connection that breaks off", () => `${address}/short`, /short: cannot be loaded/],
    ["an address that nobody answers", () => "http://127.0.0.1:1/", /cannot be loaded/],
    ["bytes that are none of a model", () => new Uint8Array(100), /^model: readSafetensors: /],
    [
      "a damaged file, by its name",
      () => new File([bytes.slice(0, 900)], "my.safetensors"),
      /^my\.safetensors: /,
    ],
  ])("%s", async (_, source, message) => {
    const refused = loadModel(source());
    await expect(refused).rejects.toThrow(ModelError);
    await expect(refused).rejects.toThrow(message);
  });

  it("a network beyond any memory", async () => {
    const rule = { ...decayingHebb.definition, weight: "H", update: { H: "H + pre * post" } };
    const connection = { name: "r", rule, pre: 1 << 24, post: NEURONS, parameters: {} };
    const programs = [{ given: ["u"], operations: [], next: { y: "u" }, output: "u" }];
    const large = JSON.stringify({
      ...JSON.parse(architectureText(architecture)),
      connections: [connection],
      programs,
    });
    const file = writeSafetensors(tensors, { format: "hebbian model 1", architecture: large });
    await expect(loadModel(file)).rejects.toThrow(/^model: this model needs 26\.8 GB .*the limit is 4\.3 GB/);
  });
});

it("an aborted load ends with the signal's reason", async () => {
  const abort = new AbortController();
  const onProgress = () => abort.abort(new Error("changed my mind"));
  const loading = loadModel(path, { signal: abort.signal, onProgress });
  await expect(loading).rejects.toThrow("changed my mind");
  await expect(loadModel(bytes, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
