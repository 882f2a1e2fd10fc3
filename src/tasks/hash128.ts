/**
 * MurmurHash3_x86_128 (Austin Appleby, public domain, 2011) over whole blocks: 128 well-mixed bits from any words.
 * Written from the published algorithm; its constants are the algorithm's own.
 */
const MULTIPLY = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
const ROTATE_WORD = [15, 16, 17, 18] as const;
const ROTATE_HASH = [19, 17, 15, 13] as const;
const ADD = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17] as const;

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Every bit of the result depends on every bit of `x` (the murmur3 finaliser). */
function finalise(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Four 32-bit words that depend on all of `words`, with seed 0.
 * Words are padded with zeros to a multiple of four, so a caller with a list of varying length must hash its length too.
 */
export function hash128(words: readonly number[]): [number, number, number, number] {
  const h: [number, number, number, number] = [0, 0, 0, 0];
  const blocks = Math.ceil(words.length / 4);
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < 4; lane++) {
      const next = (lane + 1) & 3;
      let k = Math.imul(words[4 * block + lane] ?? 0, MULTIPLY[lane]!);
      k = Math.imul(rotateLeft(k, ROTATE_WORD[lane]!), MULTIPLY[next]!);
      const mixed = rotateLeft(h[lane]! ^ k, ROTATE_HASH[lane]!) + h[next]!;
      h[lane] = (Math.imul(mixed, 5) + ADD[lane]!) | 0;
    }
  }
  for (let lane = 0; lane < 4; lane++) h[lane] = h[lane]! ^ (16 * blocks);
  spread(h);
  for (let lane = 0; lane < 4; lane++) h[lane] = finalise(h[lane]!);
  spread(h);
  return h;
}

/** Adds all lanes to the first, then the first to all others. */
function spread(h: [number, number, number, number]): void {
  h[0] = (h[0] + h[1] + h[2] + h[3]) | 0;
  for (let lane = 1; lane < 4; lane++) h[lane] = (h[lane]! + h[0]) | 0;
}
