/** What kernels are made for. */
export interface Target {
  /** Float32 numbers in a vector: 4 in WebAssembly; 8 or 16 in C. */
  readonly lanes: number;
  /** Vectors that compilers keep in registers. */
  readonly registers: number;
  /** Bytes of an argument word, and of a place in a table: 4 where addresses have 32 bits, else 8. */
  readonly wordBytes: number;
  /** A product and a sum are one instruction, rounded once. */
  readonly fma: boolean;
  /** No instruction whose result the machine may choose: the same bits everywhere. */
  readonly exact: boolean;
}

export const vectorBytes = ({ lanes }: Pick<Target, "lanes">): number => 4 * lanes;

/** Bytes of so many numbers in whole vectors. */
export const wholeVectors = (numbers: number, { lanes }: Pick<Target, "lanes">): number =>
  Math.ceil(numbers / lanes) * 4 * lanes;

/** Floats a row takes: whole vectors, and no stride that maps every row to the same cache sets. */
export function strideOf(cols: number, { lanes }: Pick<Target, "lanes">): number {
  const padded = Math.ceil(cols / lanes) * lanes;
  return padded % 256 === 0 ? padded + lanes : padded;
}
