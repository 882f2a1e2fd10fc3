/**
 * TensorBoard's events as bytes. Source: the protocol buffers event.proto and summary.proto of TensorFlow, of which there are
 * the fields Event.wall_time (1, double), step (2, int64), file_version (3, string) and summary (5), Summary.value (1),
 * and Value.tag (1, string) and simple_value (2, float); and the encoding of protocol buffers.
 */

/** What the first event of a file must say. */
const FILE_VERSION = "brain.Event:2";

/** How a field's number is followed. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const BYTES = 2;
const FOUR_BYTES = 5;

/** The first field is the time: what follows it says all the rest. */
export const TIME_BYTES = 9;

/** A whole number of at least 0, seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

const tag = (field: number, wire: number): number[] => varint(field * 8 + wire);

const bytesField = (field: number, content: ArrayLike<number>): number[] => [
  ...tag(field, BYTES),
  ...varint(content.length),
  ...Array.from(content),
];

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function littleEndian(length: 4 | 8, value: number): number[] {
  const view = new DataView(new ArrayBuffer(length));
  if (length === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return Array.from(new Uint8Array(view.buffer));
}

/** `seconds`: since 1970. */
const timed = (seconds: number, rest: readonly number[]): Uint8Array =>
  Uint8Array.from([...tag(1, EIGHT_BYTES), ...littleEndian(8, seconds), ...rest]);

/** What every file begins with. */
export const versionEvent = (seconds: number): Uint8Array =>
  timed(seconds, bytesField(3, text(FILE_VERSION)));

/** Numbers by name, rounded to float32, at a step. */
export function scalarsEvent(
  seconds: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).flatMap(([name, value]) =>
    bytesField(1, [...bytesField(1, text(name)), ...tag(2, FOUR_BYTES), ...littleEndian(4, value)]),
  );
  return timed(seconds, [...tag(2, VARINT), ...varint(step), ...bytesField(5, values)]);
}
