import { errorAt, fileSize, ModelError } from "../models/index.js";
import { type Bytes, bytesIn, described, excerpt, kindOf } from "./bytes.js";

/** A URL, as far as its type matters: not every program has the DOM's types, which say what a URL, a Blob and a signal are. */
interface Address {
  readonly href: string;
  readonly protocol: string;
}

/** A File or Blob. */
interface FileLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A path or an address as text, a URL, a File or Blob, or the bytes themselves. */
export type ModelSource = string | Address | FileLike | Bytes;

/** How far loading has come. */
export interface Progress {
  /**
   * Bytes so far, and in all. `total` is null where nobody says how many, or where more have come than was said: a server
   * counts the bytes of a compressed answer as it sends them, and need not tell a page of another origin that it is one.
   */
  readonly loaded: number;
  readonly total: number | null;
}

/** How a source is read, as `LoadOptions` says. */
export interface ReadOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** An AbortSignal. On abort, loading ends with its reason. */
  readonly signal?: { readonly aborted: boolean; throwIfAborted(): void };
}

interface Loaded {
  readonly bytes: Uint8Array;
  /** What errors call it. */
  readonly where: string;
}

/**
 * The bytes of a source. Throws a ModelError that names it and the cure; on abort, the signal's reason; a TypeError for what
 * can be no source.
 */
export async function readSource(source: ModelSource, options: ReadOptions): Promise<Loaded> {
  options.signal?.throwIfAborted();
  const bytes = bytesIn(source);
  if (bytes) {
    options.onProgress?.({ loaded: bytes.length, total: bytes.length });
    return { bytes, where: "model" };
  }
  if (!isPlace(source)) {
    throw new TypeError(
      `loadModel: expected a path, an address, a File, a Blob, or bytes, got ${described(source)}`,
    );
  }
  const where = isBlob(source) ? excerpt((source as File).name || "model") : excerpt(String(source));
  try {
    const { stream, total } = await open(source, options);
    return { bytes: await collect(stream, total, options), where };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ModelError) throw errorAt(where, error);
    const reason = excerpt((error as Error).message);
    const what = fileAt(source) === null ? "address" : "path";
    throw new ModelError(`${where}: cannot be loaded (${reason}); check the ${what}`, {
      code: "unreachable",
      cause: error,
    });
  }
}

const isBlob = (source: unknown): source is Blob => ["Blob", "File"].includes(kindOf(source));
const isPlace = (source: unknown): source is string | URL | Blob =>
  typeof source === "string" || kindOf(source) === "URL" || isBlob(source);

interface Stream {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly total: number | null;
}

async function open(source: string | URL | Blob, { signal }: ReadOptions): Promise<Stream> {
  if (isBlob(source)) return { stream: chunks(source.stream()), total: source.size };
  const file = fileAt(source);
  if (file !== null) {
    const handle = await fileSystem()!.open(file);
    const { size } = await handle.stat();
    return { stream: handle.createReadStream({ highWaterMark: 1 << 20 }), total: size };
  }
  const response = await fetch(source, { signal: signal as AbortSignal });
  if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  // The length is that of the compressed bytes, if they are.
  const isPlain = response.headers.get("content-encoding") === null;
  return { stream: chunks(response.body), total: isPlain && Number.isFinite(length) ? length : null };
}

/** What the file system of this machine is to open for a source; null where it is to be fetched, or nothing to be opened. */
function fileAt(source: string | URL | Blob): string | URL | null {
  if (isBlob(source) || fileSystem() === null) return null;
  const text = String(source);
  if (/^file:/i.test(text)) return new URL(text);
  return typeof source === "string" && !/^(https?|data|blob):/i.test(text) ? source : null;
}

/** Node's own file system, where there is one, in a way that bundlers do not see. */
const fileSystem = (): typeof import("node:fs/promises") | null =>
  typeof process === "undefined" || typeof process.getBuiltinModule !== "function"
    ? null
    : process.getBuiltinModule("node:fs/promises");

/** Not every browser lets a stream be iterated by itself. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/** All of a stream, which is given up as soon as it is longer than the file that it begins: some never end. */
async function collect(
  stream: AsyncIterable<Uint8Array>,
  total: number | null,
  { onProgress, signal }: ReadOptions,
): Promise<Uint8Array> {
  let parts: Uint8Array[] = [];
  let loaded = 0;
  let size = fileSize(new Uint8Array());
  for await (const part of stream) {
    signal?.throwIfAborted();
    parts.push(part);
    loaded += part.length;
    while (!size.known && loaded >= size.bytes) {
      parts = [joined(parts, loaded)];
      size = fileSize(parts[0]!);
    }
    if (size.known && loaded > size.bytes) {
      throw new ModelError(
        `expected a file of ${size.bytes} bytes, as it says itself, but more come; the file is damaged or no model: use another`,
      );
    }
    onProgress?.({ loaded, total: total !== null && loaded > total ? null : total });
  }
  signal?.throwIfAborted();
  return joined(parts, loaded);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
