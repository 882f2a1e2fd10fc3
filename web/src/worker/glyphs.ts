/** Cells along a side of the pictures that small networks remember; one bit more makes as many lit as dark. */
export const GLYPH_SIDE = 7;
export const BITS = 50;

const drawn = [
  [".#...#.", "###.###", "#######", ".#####.", "..###..", "...#...", "......."],
  ["...#...", "..###..", ".#####.", "#######", ".#...#.", ".#.#.#.", ".#.#.#."],
];

/** A heart and a house: [BITS] of +1 and -1 each, half of them +1, as the patterns that networks are trained with. */
export const glyphs: readonly Float32Array[] = drawn.map((rows) => {
  const cells = [...rows.join("")].map((cell) => (cell === "#" ? 1 : -1));
  return Float32Array.from([...cells, 1]);
});

/** The upper half of a picture; 0 where it is gone. */
export const halfOf = (which: number): Float32Array => glyphs[which]!.slice().fill(0, BITS / 2);
