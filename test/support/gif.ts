/** A frame of an animated GIF, as a viewer shows it: all frames before it lie beneath. */
export interface ShownFrame {
  /** Milliseconds. */
  readonly delay: number;
  /** Red, green and blue of the pixel at (x, y). */
  at(x: number, y: number): readonly number[];
}

/** For tests: what a viewer makes of an animated GIF whose frames cover all of it. GIF89a specification. */
export function framesOf(gif: Uint8Array): { width: number; height: number; frames: ShownFrame[] } {
  const word = (at: number) => gif[at]! + 256 * gif[at + 1]!;
  const [width, height] = [word(6), word(8)];
  const tableAt = (at: number, flags: number) => {
    const size = flags & 128 ? 3 * 2 ** ((flags & 7) + 1) : 0;
    return { table: gif.subarray(at, at + size), next: at + size };
  };
  const global = tableAt(13, gif[10]!);
  let at = global.next;
  let canvas: readonly (readonly number[])[] = Array.from({ length: width * height }, () => [0, 0, 0]);
  let [delay, transparent] = [0, -1];
  const frames: ShownFrame[] = [];
  const blocks = () => {
    const bytes: number[] = [];
    for (let size = gif[at++]!; size > 0; size = gif[at++]!) {
      bytes.push(...gif.subarray(at, at + size));
      at += size;
    }
    return bytes;
  };
  for (let kind = gif[at++]!; kind !== 0x3b; kind = gif[at++]!) {
    if (kind === 0x21) {
      const label = gif[at++]!;
      const bytes = blocks();
      if (label !== 0xf9) continue;
      delay = 10 * (bytes[1]! + 256 * bytes[2]!);
      transparent = bytes[0]! & 1 ? bytes[3]! : -1;
    } else {
      const own = tableAt(at + 9, gif[at + 8]!);
      at = own.next;
      const table = own.table.length > 0 ? own.table : global.table;
      const bits = gif[at++]!;
      const indices = unpacked(blocks(), bits);
      canvas = canvas.map((beneath, k) => {
        const index = indices[k]!;
        return index === transparent ? beneath : Array.from(table.subarray(3 * index, 3 * index + 3));
      });
      const shown = canvas;
      frames.push({ delay, at: (x, y) => shown[y * width + x]! });
    }
  }
  return { width, height, frames };
}

/** LZW with codes of growing width, as in GIF. */
function unpacked(bytes: readonly number[], bits: number): number[] {
  const [clear, end] = [2 ** bits, 2 ** bits + 1];
  const fresh = () => Array.from({ length: end + 1 }, (_, k) => (k < clear ? [k] : []));
  let table = fresh();
  let width = bits + 1;
  let before: readonly number[] | null = null;
  const out: number[] = [];
  let [held, have] = [0, 0];
  for (const byte of bytes) {
    held += byte * 2 ** have;
    have += 8;
    while (have >= width) {
      const code = held % 2 ** width;
      held = Math.floor(held / 2 ** width);
      have -= width;
      if (code === end) return out;
      if (code === clear) {
        table = fresh();
        width = bits + 1;
        before = null;
        continue;
      }
      const word: number[] = table[code] ?? [...before!, before![0]!];
      if (before && table.length < 4096) table.push([...before, word[0]!]);
      out.push(...word);
      before = word;
      if (table.length === 2 ** width && width < 12) width++;
    }
  }
  return out;
}
