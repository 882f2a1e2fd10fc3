const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1 ? 0xedb88320 : 0) ^ (remainder >>> 1);
  return remainder;
});

/**
 * The checksum of bytes `from` to `to` (exclusive), as a chunk of a PNG file ends with.
 * Source: PNG specification (third edition), annex D.
 */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let sum = -1;
  for (let i = from; i < to; i++) sum = REMAINDERS[(sum ^ bytes[i]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
