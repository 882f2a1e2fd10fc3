/** Pixels along a side of the pictures that are remembered, and of a whole one. */
export const SIDE = 32;
export const PIXELS = SIDE * SIDE;
