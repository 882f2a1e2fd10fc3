import { crc32, deflateSync } from "node:zlib";

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
  const header = Buffer.alloc(8);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk("IHDR", Buffer.concat([header, Buffer.from(FORMAT)])),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Length, name, content, checksum of the two. */
function chunk(name: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
