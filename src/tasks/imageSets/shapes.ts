/**
 * A picture is painted over the unit square: x from left to right, y from top to bottom, both 0 .. 1.
 * A shape is a signed distance: negative inside, positive outside, in the same units. A shade is a grey for each point.
 */
export type SignedDistance = (x: number, y: number) => number;
export type Shade = (x: number, y: number) => number;

/** An ellipse of radii rx, ry, turned by `angle` radians (the distance is exact to first order at the edge). */
export function ellipse(cx: number, cy: number, rx: number, ry: number, angle = 0): SignedDistance {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (x, y) => {
    const u = (cos * (x - cx) + sin * (y - cy)) / rx;
    const v = (cos * (y - cy) - sin * (x - cx)) / ry;
    const radius = Math.hypot(u, v);
    const slope = Math.hypot(u / rx, v / ry);
    // At the very centre the slope is 0: any distance well inside will do.
    return slope === 0 ? -Math.min(rx, ry) : (radius * (radius - 1)) / slope;
  };
}

/** A rectangle of half sizes hx, hy, turned by `angle` radians. */
export function box(cx: number, cy: number, hx: number, hy: number, angle = 0): SignedDistance {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (x, y) =>
    Math.max(Math.abs(cos * (x - cx) + sin * (y - cy)) - hx, Math.abs(cos * (y - cy) - sin * (x - cx)) - hy);
}

/** A stroke with round ends from (x0, y0) to (x1, y1), `radius` wide on either side. */
export function stroke(x0: number, y0: number, x1: number, y1: number, radius: number): SignedDistance {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
    return Math.hypot(x - x0 - along * dx, y - y0 - along * dy) - radius;
  };
}

/** Everything below the line y = skyline(x). */
export const below =
  (skyline: (x: number) => number): SignedDistance =>
  (x, y) =>
    skyline(x) - y;

/** A triangle standing on its base, like a roof or a fir. */
export function triangle(cx: number, top: number, bottom: number, halfWidth: number): SignedDistance {
  const height = bottom - top;
  const side = Math.hypot(height, halfWidth);
  return (x, y) => Math.max(y - bottom, (Math.abs(x - cx) * height - (y - top) * halfWidth) / side);
}

/** What is in any of the shapes. */
export const union =
  (...shapes: readonly SignedDistance[]): SignedDistance =>
  (x, y) =>
    shapes.reduce((nearest, shape) => Math.min(nearest, shape(x, y)), Number.POSITIVE_INFINITY);

export const flat =
  (grey: number): Shade =>
  () =>
    grey;

/** A grey that changes evenly: `grey` in the middle of the picture, by dx from left to right, by dy downwards. */
export const gradient =
  (grey: number, dx: number, dy: number): Shade =>
  (x, y) =>
    grey + dx * (x - 0.5) + dy * (y - 0.5);

/** Bands of two greys, `frequency` of each in the width of the picture, turned by `angle` radians. */
export function stripes(dark: number, light: number, frequency: number, angle: number, phase: number): Shade {
  const kx = 2 * Math.PI * frequency * Math.cos(angle);
  const ky = 2 * Math.PI * frequency * Math.sin(angle);
  return (x, y) => {
    // A sine, steepened into bands with soft edges.
    const band = Math.tanh(2.5 * Math.sin(kx * x + ky * y + phase));
    return dark + ((light - dark) * (band + 1)) / 2;
  };
}

/** The grey of `base`, brighter where a round body of centre (cx, cy) and radius r faces a light above its left. */
export const rounded =
  (base: Shade, cx: number, cy: number, r: number, depth: number): Shade =>
  (x, y) =>
    base(x, y) - (depth * (x - cx + 1.5 * (y - cy))) / (1.8 * r);

/** A square picture being painted, one grey a pixel. */
export class Canvas {
  readonly greys: Float64Array;

  constructor(readonly size: number) {
    this.greys = new Float64Array(size * size);
  }

  /** Paints the inside of a shape, its edge blurred over `blur` of the picture's width (at least one pixel). */
  paint(shape: SignedDistance, shade: Shade, blur = 0): void {
    const edge = Math.max(blur, 1 / this.size);
    this.eachPixel((x, y, grey) => {
      const cover = Math.min(1, Math.max(0, 0.5 - shape(x, y) / edge));
      return cover === 0 ? grey : grey + cover * (shade(x, y) - grey);
    });
  }

  /** Adds a shade to every pixel: light, haze, grain. */
  add(shade: Shade): void {
    this.eachPixel((x, y, grey) => grey + shade(x, y));
  }

  private eachPixel(next: (x: number, y: number, grey: number) => number): void {
    const { greys, size } = this;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const i = row * size + column;
        greys[i] = next((column + 0.5) / size, (row + 0.5) / size, greys[i]!);
      }
    }
  }
}
