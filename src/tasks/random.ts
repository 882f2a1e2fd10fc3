import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { hash128 } from "./hash128.js";

/** What can be shuffled or filled: any array or typed array. */
export interface MutableArrayLike<Element> {
  readonly length: number;
  [index: number]: Element;
}

/** A stream of random numbers. Drawing from it is its only state. */
export interface Random {
  /** A number in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A whole number in 0 .. n-1, without bias; n is 1 .. 2^32. */
  integer(n: number): number;
  /** A number of the normal distribution of mean 0 and standard deviation 1 (Marsaglia's polar method). */
  normal(): number;
  /** -1 or 1. */
  sign(): -1 | 1;
  /** Puts the array itself into a random order (Fisher-Yates) and returns it. */
  shuffle<Items extends MutableArrayLike<unknown>>(items: Items): Items;
  /** k distinct whole numbers of 0 .. n-1, in random order; memory and time of order k, however large n is. */
  choose(k: number, n: number): number[];
  /** Fills the array with normal numbers of mean 0 and standard deviation `std`, and returns it. */
  fillNormal<Items extends MutableArrayLike<number>>(items: Items, std: number): Items;
}

const TWO_32 = 2 ** 32;

/**
 * The random numbers of one episode (or of one initialisation): a pure function of its three arguments, so that no
 * generator ever has to be saved, and no result depends on which thread ran what when.
 *
 * @param seed the run's seed, a whole number, negative ones allowed
 * @param stream what the numbers are for, e.g. "weights" or "episode": streams of one seed are independent
 * @param index which episode, a whole number from 0
 *
 * The generator is xoroshiro128+ (Blackman and Vigna 2018), its state the 128-bit hash of the arguments.
 */
export function random(seed: number, stream: string, index: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`random: seed must be a whole number, got ${seed}`);
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(
      `random: index must be a whole number from 0, got ${index}; pass the episode's number`,
    );
  }
  const words = [seed | 0, Math.floor(seed / TWO_32), index | 0, Math.floor(index / TWO_32), stream.length];
  for (let i = 0; i < stream.length; i++) words.push(stream.charCodeAt(i));
  const generator = xoroshiro128plusFromState(hash128(words));

  const uniform = () => uniformFloat64(generator);
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new RangeError(`Random.integer: n must be a whole number from 1 to 2^32, got ${n}`);
    }
    return uniformInt(generator, 0, n - 1);
  };

  // The polar method makes two normal numbers at a time: the second waits here.
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    spare = y * scale;
    return x * scale;
  };

  return {
    uniform,
    integer,
    normal,
    // The topmost bit is this generator's best, the lowest its worst.
    sign: () => (generator.next() < 0 ? -1 : 1),
    shuffle(items) {
      const list: MutableArrayLike<unknown> = items;
      for (let last = list.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = list[last];
        list[last] = list[other];
        list[other] = kept;
      }
      return items;
    },
    choose(k, n) {
      if (!Number.isInteger(k) || k < 0 || k > n) {
        throw new RangeError(`Random.choose: k must be a whole number from 0 to n = ${n}, got ${k}`);
      }
      // The first k steps of Fisher-Yates over 0 .. n-1; the map holds only what has moved.
      const moved = new Map<number, number>();
      return Array.from({ length: k }, (_, i) => {
        const j = i + integer(n - i);
        const chosen = moved.get(j) ?? j;
        moved.set(j, moved.get(i) ?? i);
        return chosen;
      });
    },
    fillNormal(items, std) {
      const list: MutableArrayLike<number> = items;
      for (let i = 0; i < list.length; i++) list[i] = std * normal();
      return items;
    },
  };
}
