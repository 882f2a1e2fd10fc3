import makeCode from "qrcode-generator";
import { PIXELS, SIDE } from "../../drawings/raster.js";

/** A QR code of version 3 has as many modules along its side as the network has pixels. */
const VERSION = 3;
/** Bytes that it holds, with less and less in reserve against damage. */
const LEVELS = [
  ["H", 24],
  ["Q", 32],
  ["M", 42],
  ["L", 53],
] as const;
export const MOST_BYTES = LEVELS[3][1];

/** The QR code of a text, [29 * 29] of 1 (dark) and 0; null where the text is empty or has more than 53 bytes. */
export function qrCodeOf(text: string): Uint8Array | null {
  const bytes = new TextEncoder().encode(text);
  const level = LEVELS.find(([, most]) => bytes.length <= most);
  if (!level || bytes.length === 0) return null;
  const code = makeCode(VERSION, level[0]);
  // Letters of one byte each are taken as they are: what is not ASCII goes in as UTF-8.
  code.addData(String.fromCharCode(...bytes), "Byte");
  code.make();
  return Uint8Array.from({ length: PIXELS }, (_, k) => Number(code.isDark(Math.floor(k / SIDE), k % SIDE)));
}
