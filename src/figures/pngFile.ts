import { deflate } from "pako";
import { crc32 } from "../tasks/imageSets/crc32.js";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Bits a sample; red, green and blue; the only compression, filter method and no interlacing. */
const FORMAT = [8, 2, 0, 0, 0];
const BYTES_A_PIXEL = 3;

/**
 * A PNG file of red, green and blue, each 0 to 255, row-major.
 * Source: PNG specification (third edition), chunks IHDR, IDAT and IEND.
 * @throws RangeError if there are not three numbers a pixel
 */
export function pngFile(width: number, height: number, colours: Uint8Array): Uint8Array {
  const row = width * BYTES_A_PIXEL;
  if (colours.length !== row * height) {
    throw new RangeError(
      `pngFile: expected ${row * height} numbers for ${width} x ${height} pixels, got ${colours.length}`,
    );
  }
  // Each row begins with the number of its filter: 0, none.
  const rows = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) rows.set(colours.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Uint8Array.from([...bigEndian(width), ...bigEndian(height), ...FORMAT]);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflate(rows)), chunk("IEND", new Uint8Array())];
  const file = new Uint8Array(SIGNATURE.length + chunks.reduce((sum, { length }) => sum + length, 0));
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const each of chunks) {
    file.set(each, at);
    at += each.length;
  }
  return file;
}

const bigEndian = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

/** Length, name, content, checksum of the two. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  bytes.set(bigEndian(content.length));
  bytes.set(
    [...name].map((letter) => letter.charCodeAt(0)),
    4,
  );
  bytes.set(content, 8);
  bytes.set(bigEndian(crc32(bytes, 4, 8 + content.length)), 8 + content.length);
  return bytes;
}
