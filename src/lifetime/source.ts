import { ModelError } from "../models/index.js";

export type Source = string | URL | Blob | Uint8Array | ArrayBuffer;

export interface Progress {
  /** Bytes so far, and in all; null where nobody says how many. */
  readonly loaded: number;
  readonly total: number | null;
}

export interface LoadOptions {
  /** Called as bytes arrive, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** On abort, loading ends with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface Loaded {
  readonly bytes: Uint8Array;
  /** What errors call it. */
  readonly where: string;
}

/** The bytes of a source. Throws a ModelError that names it and the cure; on abort, the signal's reason. */
export async function readSource(source: Source, options: LoadOptions): Promise<Loaded> {
  options.signal?.throwIfAborted();
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    const bytes = new Uint8Array(source instanceof ArrayBuffer ? source : source.buffer, ...rangeOf(source));
    options.onProgress?.({ loaded: bytes.length, total: bytes.length });
    return { bytes, where: "model" };
  }
  const where = source instanceof Blob ? (source instanceof File ? source.name : "model") : String(source);
  try {
    const { stream, total } = await open(source, options);
    return { bytes: await collect(stream, total, options), where };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new ModelError(`${where}: cannot be loaded (${(error as Error).message}); check the address`, {
      cause: error,
    });
  }
}

const rangeOf = (source: Uint8Array | ArrayBuffer): [number, number] =>
  source instanceof ArrayBuffer ? [0, source.byteLength] : [source.byteOffset, source.byteLength];

interface Stream {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly total: number | null;
}

async function open(source: string | URL | Blob, { signal }: LoadOptions): Promise<Stream> {
  if (source instanceof Blob) return { stream: chunks(source.stream()), total: source.size };
  const files = fileSystem();
  const address =
    typeof source === "string" && /^(https?|file|data|blob):/i.test(source) ? new URL(source) : source;
  if (files && (typeof address === "string" || address.protocol === "file:")) {
    const handle = await files.open(address);
    const { size } = await handle.stat();
    return { stream: handle.createReadStream({ highWaterMark: 1 << 20 }), total: size };
  }
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  // The length is that of the compressed bytes, if they are.
  const isPlain = response.headers.get("content-encoding") === null;
  return { stream: chunks(response.body), total: isPlain && Number.isFinite(length) ? length : null };
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

async function collect(
  stream: AsyncIterable<Uint8Array>,
  total: number | null,
  { onProgress, signal }: LoadOptions,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let loaded = 0;
  for await (const part of stream) {
    signal?.throwIfAborted();
    parts.push(part);
    loaded += part.length;
    onProgress?.({ loaded, total });
  }
  signal?.throwIfAborted();
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
