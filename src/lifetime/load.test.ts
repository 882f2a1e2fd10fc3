import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
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
    else if (request.url?.startsWith("/endless")) {
      const first = { "/endless/zeros": new Uint8Array(8), "/endless/noise": new Uint8Array(8).fill(7) };
      response.write(first[request.url as keyof typeof first] ?? bytes);
      const more = () => response.write(new Uint8Array(1 << 16), (error) => error || setImmediate(more));
      more();
    } else if (request.url === "/model")
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
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

/** As many bytes as a whole number of float32 takes. */
const padded = () => {
  expect(bytes.length % 4).toBe(0);
  return bytes.slice();
};
const shared = () => {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
};
/** The beginning of a file: a header without its data. */
function headerOf(header: object): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

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

  it.each<[string, () => unknown]>([
    ["an ArrayBuffer", () => runInNewContext("(n) => new ArrayBuffer(n)")(bytes.length)],
    ["an Uint8Array", () => runInNewContext("(n) => new Uint8Array(n)")(bytes.length)],
    ["a SharedArrayBuffer", () => runInNewContext("(n) => new SharedArrayBuffer(n)")(bytes.length)],
  ])("%s of another realm", async (_, make) => {
    const there = make() as ArrayBuffer | Uint8Array;
    new Uint8Array(ArrayBuffer.isView(there) ? there.buffer : there).set(bytes);
    await expectLoads(there);
  });

  it.each<[string, () => Parameters<typeof loadModel>[0]]>([
    ["a DataView", () => new DataView(bytes.slice().buffer)],
    ["numbers of another kind", () => new Float32Array(padded().buffer, 0, bytes.length / 4)],
    ["shared bytes", () => new Uint8Array(shared())],
    ["a SharedArrayBuffer", shared],
  ])("%s", async (_, source) => {
    await expectLoads(source());
  });

  it("an address that does not say how long the file is", async () => {
    const [first] = await expectLoads(`${address}/chunked`);
    expect(first!.total === null || first!.total === bytes.length).toBe(true);
  });
});

describe("progress", () => {
  it("is never more than all: what comes beyond the length that was said makes it unknown", async () => {
    const length = Math.floor(bytes.length * 0.9);
    const pieces = [bytes.subarray(0, 1000), bytes.subarray(1000, length), bytes.subarray(length)];
    vi.stubGlobal("fetch", async () => {
      const stream = new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
      return new Response(stream, { headers: { "content-length": String(length) } });
    });
    try {
      expect(await expectLoads("http://elsewhere/model")).toEqual([
        { loaded: 1000, total: length },
        { loaded: length, total: length },
        { loaded: bytes.length, total: null },
      ]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("loadModel refuses with one ModelError", () => {
  it.each<[string, () => Parameters<typeof loadModel>[0], RegExp]>([
    [
      "a file that is not there",
      () => join(folder, "none"),
      /none: cannot be loaded \(ENOENT.*check the path$/,
    ],
    ["a folder", () => folder, /cannot be loaded \(EISDIR/],
    [
      "an address where nothing is",
      () => `${address}/none`,
      /none: cannot be loaded \(the server answers 404\); check the address$/,
    ],
    ["a connection that breaks off", () => `${address}/short`, /short: cannot be loaded/],
    ["an address that nobody answers", () => "http://127.0.0.1:1/", /cannot be loaded/],
    ["bytes that are none of a model", () => new Uint8Array(100), /^model: readSafetensors: /],
    [
      "an endless body that begins as a model",
      () => `${address}/endless/model`,
      /endless\/model: expected a file of \d+ bytes, as it says itself, but more come/,
    ],
    ["an endless body of zeros", () => `${address}/endless/zeros`, /expected a file of 8 bytes/],
    [
      "an endless body of noise",
      () => `${address}/endless/noise`,
      /the header claims \d+ bytes, a model's has at most 4000000/,
    ],
    [
      "a file that says that it is larger than any memory",
      () => new Blob([headerOf({ w: { dtype: "F32", shape: [2 ** 40], data_offsets: [0, 2 ** 42] } })]),
      /a file of \d+ bytes, a model has at most 4294967296/,
    ],
    [
      "a model's text as its address, without repeating it",
      () => `{"version": 1, ${"x".repeat(1e6)}}`,
      /^.{90,110}: cannot be loaded \(.{1,110}\); check the path$/,
    ],
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
});

describe("a wrong argument is a TypeError that names what is right:", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "nothing",
      undefined,
      /^loadModel: expected a path, an address, a File, a Blob, or bytes, got undefined$/,
    ],
    ["null", null, /got null$/],
    ["a number", 5, /got 5$/],
    ["an object", { bytes }, /got an object \(Object\)$/],
    ["a list", [...bytes], /got an object \(Array\)$/],
  ])("%s", async (_, source, message) => {
    const refused = loadModel(source as never);
    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(message);
  });

  it.each<[unknown, RegExp]>([
    [null, /^loadModel: expected options, \{ onProgress, signal, code \}, got null$/],
    [
      { onprogress: () => {} },
      /^loadModel: there is no option "onprogress"; there are onProgress, signal and code$/,
    ],
  ])("options %o", async (options, message) => {
    await expect(loadModel(bytes, options as never)).rejects.toThrow(message);
  });
});

describe("where WebAssembly does not work, loadModel says so in a ModelError:", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it.each<[string, () => void, RegExp]>([
    ["there is none", () => vi.stubGlobal("WebAssembly", undefined), /start Node without --jitless/],
    [
      "it may have no memory",
      () =>
        vi.spyOn(WebAssembly, "Memory").mockImplementation(
          class {
            constructor() {
              throw new RangeError("WebAssembly.Memory(): could not allocate memory");
            }
          } as never,
        ),
      /refuses even .* node --disable-wasm-trap-handler$/,
    ],
    [
      "it may not compile",
      () => vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new WebAssembly.CompileError("policy")),
      /refuses the model's code \(policy\)/,
    ],
  ])("%s", async (_, breaks, message) => {
    breaks();
    const refused = loadModel(bytes);
    await expect(refused).rejects.toThrow(ModelError);
    await expect(refused).rejects.toThrow(message);
  });
});

it("an aborted load ends with the signal's reason", async () => {
  const abort = new AbortController();
  const onProgress = () => abort.abort(new Error("changed my mind"));
  const loading = loadModel(path, { signal: abort.signal, onProgress });
  await expect(loading).rejects.toThrow("changed my mind");
  await expect(loadModel(bytes, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
