/** What holds bytes: an array or a view of one, of whatever realm. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/** An object's kind by its own word, since `instanceof` knows only the classes of its own realm: a frame's are others. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** The bytes of an array, null if it is none. Shared ones are copied: they may change while they are read. */
export function bytesIn(value: unknown): Uint8Array | null {
  const kind = kindOf(value);
  let bytes: Uint8Array;
  if (ArrayBuffer.isView(value)) bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  else if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer")
    bytes = new Uint8Array(value as ArrayBuffer);
  else return null;
  return kindOf(bytes.buffer) === "SharedArrayBuffer" ? bytes.slice() : bytes;
}

/** A value in an error, cut so that the error stays one sentence: its kind, or the text itself. */
export function described(value: unknown): string {
  if (typeof value === "string") return excerpt(JSON.stringify(value));
  if (typeof value === "object" && value !== null) return `an object (${kindOf(value)})`;
  return typeof value === "function" ? "a function" : excerpt(String(value));
}

/** The beginning and the end of what may be long, on one line. */
export function excerpt(text: string): string {
  const line = text.length > 100 ? `${text.slice(0, 40)}...${text.slice(-50)}` : text;
  return line.replace(/\p{Cc}/gu, " ");
}

/** Throws a TypeError for options that are none, or for one that there is not: a slip of the pen must not pass for a default. */
export function expectOptions(doing: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${doing}: expected options, { ${known.join(", ")} }, got ${described(options)}`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(
    `${doing}: there is no option ${excerpt(JSON.stringify(unknown))}; there ${listed(known)}`,
  );
}

const listed = (names: readonly string[]): string =>
  names.length > 1 ? `are ${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : `is ${names[0]}`;
