/**
 * Reads TensorBoard's event files as another program would: written from the specifications alone, with nothing of ours. The
 * checksum is taken bit by bit, highest first, with the polynomial as RFC 3720 prints it.
 */

/** An event, with the fields that we know of. */
export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion: string | null;
  readonly scalars: Readonly<Record<string, number>>;
}

/** Every event of a file. Throws where a length, a checksum or a field is not what it should be. */
export function readEvents(file: Uint8Array): ReadEvent[] {
  const events: ReadEvent[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expectChecksum(view.getUint32(at + 8, true), file.subarray(at, at + 8), `length at byte ${at}`);
    const data = file.subarray(at + 12, at + 12 + length);
    expectChecksum(view.getUint32(at + 12 + length, true), data, `data at byte ${at + 12}`);
    events.push(eventOf(data));
    at += 16 + length;
  }
  return events;
}

function expectChecksum(stored: number, bytes: Uint8Array, what: string): void {
  const rotated = (stored - 0xa282ead8) >>> 0;
  const crc = ((rotated << 15) | (rotated >>> 17)) >>> 0;
  if (crc !== slowCrc32c(bytes)) throw new Error(`wrong checksum of the ${what}`);
}

const reversed = (value: number, bits: number): number => {
  let result = 0;
  for (let i = 0; i < bits; i++) if ((value >>> i) & 1) result |= 1 << (bits - 1 - i);
  return result >>> 0;
};

export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= reversed(byte, 8) << 24;
    for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x1edc6f41 : crc << 1;
  }
  return reversed(~crc >>> 0, 32);
}

interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly value: bigint;
}

/** The fields of a message of protocol buffers, whatever they mean. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    for (let [value, shift] = [0n, 0n]; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("a number breaks off");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 0 ? varint() : 0n;
    const length = { 0: 0, 1: 8, 2: wire === 2 ? Number(varint()) : 0, 5: 4 }[wire];
    if (length === undefined || at + length > message.length) throw new Error(`field ${key >> 3} breaks off`);
    yield { number: key >> 3, bytes: message.subarray(at, at + length), value };
    at += length;
  }
}

const viewOf = ({ bytes }: Field) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const textOf = ({ bytes }: Field) => new TextDecoder().decode(bytes);

function eventOf(message: Uint8Array): ReadEvent {
  let event: ReadEvent = { wallTime: 0, step: 0, fileVersion: null, scalars: {} };
  for (const field of fieldsOf(message)) {
    if (field.number === 1) event = { ...event, wallTime: viewOf(field).getFloat64(0, true) };
    else if (field.number === 2) event = { ...event, step: Number(field.value) };
    else if (field.number === 3) event = { ...event, fileVersion: textOf(field) };
    else if (field.number === 5) event = { ...event, scalars: scalarsOf(field.bytes) };
    else throw new Error(`an event has no field ${field.number} that we know of`);
  }
  return event;
}

function scalarsOf(summary: Uint8Array): Record<string, number> {
  const scalars: Record<string, number> = {};
  for (const value of fieldsOf(summary)) {
    const parts = [...fieldsOf(value.bytes)];
    const tag = textOf(parts.find(({ number }) => number === 1)!);
    if (tag in scalars) throw new Error(`an event has ${tag} twice`);
    scalars[tag] = viewOf(parts.find(({ number }) => number === 2)!).getFloat32(0, true);
  }
  return scalars;
}
