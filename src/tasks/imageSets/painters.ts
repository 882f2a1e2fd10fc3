import { clouds, type Draw, hills } from "./draw.js";
import {
  below,
  box,
  type Canvas,
  ellipse,
  flat,
  gradient,
  rounded,
  type Shade,
  type SignedDistance,
  stripes,
  stroke,
  triangle,
  union,
} from "./shapes.js";

/** A painter puts one kind of scene on the canvas. */
export type Painter = (canvas: Canvas, draw: Draw) => void;

const everywhere: SignedDistance = () => -1;

/** A background, lighter or darker towards the ground, with the ground itself. Returns the ground's grey. */
function ground(canvas: Canvas, draw: Draw, horizon: number): number {
  const sky = draw.within(0.3, 1);
  canvas.paint(everywhere, gradient(sky, draw.within(-0.2, 0.2), draw.within(-0.2, 0.5)));
  const grey = draw.contrast(sky);
  canvas.paint(
    below((x) => horizon + 0.03 * Math.sin(5 * x)),
    gradient(grey, 0, draw.within(-0.5, 0.5)),
    0.05,
  );
  return grey;
}

const landscape: Painter = (canvas, draw) => {
  const sky = draw.within(0.45, 1);
  canvas.paint(everywhere, gradient(sky, 0, draw.within(0, 0.5)));
  if (draw.whole(0, 1)) canvas.add(clouds(draw, 0.06, 0.8, 3));
  if (draw.whole(0, 2) === 0) {
    const r = draw.within(0.05, 0.12);
    canvas.paint(ellipse(draw.within(0.1, 0.9), draw.within(0.08, 0.3), r, r), flat(1.2), 0.05);
  }
  // Ranges of hills, darker as they come nearer.
  const ranges = draw.whole(1, 3);
  let y = draw.within(0.3, 0.6);
  for (let range = 0; range < ranges; range++) {
    const grey = sky * (0.75 - 0.6 * ((range + draw.within(0, 1)) / ranges));
    canvas.paint(below(hills(draw, y, draw.within(0.02, 0.13))), gradient(grey, 0, draw.within(-0.3, 0.6)));
    y += draw.within(0.1, 0.25);
  }
  const trees = draw.whole(0, 4);
  for (let tree = 0; tree < trees; tree++) {
    const foot = draw.within(0.65, 0.95);
    const tall = draw.within(0.2, 0.5);
    const x = draw.within(0.05, 0.95);
    const crown = draw.whole(0, 1)
      ? triangle(x, foot - tall, foot - 0.06, tall * 0.3)
      : ellipse(x, foot - 0.6 * tall, tall * 0.3, tall * 0.38);
    const trunk = box(x, foot - 0.15 * tall, 0.02, 0.15 * tall);
    canvas.paint(union(crown, trunk), flat(draw.within(0, 0.25)));
  }
};

const creature: Painter = (canvas, draw) => {
  const horizon = draw.within(0.4, 0.75);
  const grey = draw.contrast(ground(canvas, draw, horizon));
  const side = draw.side();
  const cx = draw.within(0.4, 0.6);
  const cy = draw.within(0.45, 0.6);
  const long = draw.within(0.18, 0.32);
  const high = long * draw.within(0.45, 0.8);
  const leg = draw.within(0.12, 0.28);
  const foot = Math.min(0.96, cy + high + leg);
  canvas.paint(ellipse(cx, foot, 1.3 * long, 0.04), flat(0.05), 0.08);
  const legs = [-0.75, -0.5, 0.5, 0.75].map((at) =>
    stroke(cx + at * long, cy + 0.5 * high, cx + at * long + draw.within(-0.04, 0.04), foot, 0.025),
  );
  canvas.paint(union(...legs), flat(grey * 0.7));
  const hide: Shade = draw.whole(0, 3)
    ? flat(grey)
    : stripes(grey, 1 - grey, draw.within(4, 7), draw.within(-0.4, 0.4), 0);
  const headX = cx + side * (long + draw.within(0, 0.1));
  const headY = cy - high - draw.within(-0.05, 0.15);
  const head = draw.within(0.07, 0.13);
  const neck = stroke(cx + side * 0.75 * long, cy - 0.3 * high, headX, headY, 0.6 * head);
  const tail = stroke(cx - side * long, cy, cx - side * (long + 0.12), cy + draw.within(-0.25, 0.1), 0.022);
  const body = union(ellipse(cx, cy, long, high), neck, tail);
  canvas.paint(body, rounded(hide, cx, cy, long, 0.2));
  const ear = stroke(
    headX - side * 0.3 * head,
    headY,
    headX - side * 0.5 * head,
    headY - 1.6 * head,
    0.3 * head,
  );
  const skull = ellipse(headX, headY, 1.35 * head, head, side * 0.4);
  canvas.paint(union(skull, ear), rounded(flat(grey), headX, headY, head, 0.15));
  canvas.paint(
    ellipse(headX + side * 0.3 * head, headY - 0.2 * head, 0.022, 0.022),
    flat(1 - Math.round(grey)),
  );
};

const building: Painter = (canvas, draw) => {
  const foot = draw.within(0.72, 0.92);
  const floor = ground(canvas, draw, foot - draw.within(0, 0.1));
  const houses = draw.whole(1, 4);
  for (let house = 0; house < houses; house++) {
    const wide = draw.within(0.3, 0.45) / Math.sqrt(houses);
    const x = (house + draw.within(0.3, 0.7)) / houses;
    const top = draw.within(0.15, 0.55);
    const wall = draw.contrast(house % 2 ? 1 - floor : floor);
    canvas.paint(box(x, (top + foot) / 2, wide, (foot - top) / 2), gradient(wall, draw.within(-0.6, 0.6), 0));
    if (draw.whole(0, 1))
      canvas.paint(triangle(x, top - draw.within(0.1, 0.25), top, wide * 1.15), flat(1 - wall));
    const pane = draw.contrast(wall);
    const across = draw.whole(1, 3);
    const down = draw.whole(1, 4);
    const step = (2 * wide) / (across + 0.4);
    const storey = (foot - top) / (down + 0.4);
    for (let i = 0; i < across; i++) {
      for (let j = 0; j < down; j++) {
        const px = x - wide + (i + 0.7) * step;
        const py = top + (j + 0.7) * storey;
        canvas.paint(box(px, py, 0.27 * step, 0.3 * storey), flat(pane));
      }
    }
  }
};

const vehicle: Painter = (canvas, draw) => {
  const road = draw.within(0.6, 0.8);
  const grey = draw.contrast(ground(canvas, draw, road - draw.within(0.05, 0.3)));
  const side = draw.side();
  const cx = draw.within(0.42, 0.58);
  const long = draw.within(0.28, 0.4);
  const high = draw.within(0.07, 0.13);
  const cab = draw.within(0.09, 0.2);
  canvas.paint(ellipse(cx, road + high + 0.05, 1.1 * long, 0.05), flat(0), 0.06);
  const roofX = cx - side * draw.within(0, 0.4) * long;
  const cabin = box(roofX, road - high - cab / 2, draw.within(0.4, 0.6) * long, cab / 2 + 0.03, 0.04 * side);
  canvas.paint(union(box(cx, road, long, high), cabin), gradient(grey, 0, -0.6));
  const glass = box(roofX, road - high - cab / 2, 0.33 * long, 0.32 * cab, 0.04 * side);
  canvas.paint(glass, gradient(draw.contrast(grey), 0.6 * side, 0));
  const wheel = draw.within(0.07, 0.1);
  for (const at of [-0.6, 0.6]) {
    const x = cx + at * long;
    canvas.paint(ellipse(x, road + high, wheel, wheel), flat(0.05));
    canvas.paint(ellipse(x, road + high, 0.45 * wheel, 0.45 * wheel), flat(0.75));
  }
};

const stillLife: Painter = (canvas, draw) => {
  const table = ground(canvas, draw, draw.within(0.45, 0.8));
  const things = draw.whole(2, 5);
  for (let thing = 0; thing < things; thing++) {
    const x = draw.within(0.15, 0.85);
    const y = draw.within(0.4, 0.75);
    const wide = draw.within(0.09, 0.22);
    const high = wide * draw.within(0.6, 1.6);
    const angle = draw.within(-0.5, 0.5);
    const grey = draw.contrast(thing % 2 ? 1 - table : table);
    canvas.paint(ellipse(x + 0.06, y + high, 1.1 * wide, 0.3 * high), flat(table * 0.3), 0.12);
    const shape = draw.whole(0, 1) ? ellipse(x, y, wide, high, angle) : box(x, y, wide, high, angle);
    const plain = draw.whole(0, 2);
    const skin = plain ? flat(grey) : stripes(grey, 1 - grey, draw.within(3, 6), draw.within(0, 3), 0);
    canvas.paint(shape, rounded(skin, x, y, Math.max(wide, high), 0.3));
  }
};

const stripedFigure: Painter = (canvas, draw) => {
  const grey = draw.within(0, 1);
  const angle = draw.within(0, Math.PI);
  const striped = stripes(grey, draw.contrast(grey), draw.within(1.5, 5), angle, draw.within(0, 6));
  const plain = gradient(draw.contrast(grey), draw.within(-0.5, 0.5), draw.within(-0.5, 0.5));
  const [inside, outside] = draw.whole(0, 1) ? [striped, plain] : [plain, striped];
  const x = draw.within(0.3, 0.7);
  const y = draw.within(0.3, 0.7);
  const wide = draw.within(0.2, 0.4);
  const high = draw.within(0.2, 0.4);
  const shape = draw.oneOf([ellipse, box])(x, y, wide, high, draw.within(0, Math.PI));
  canvas.paint(everywhere, outside);
  canvas.paint(shape, rounded(inside, x, y, wide, draw.within(0, 0.4)));
};

const blobs: Painter = (canvas, draw) => {
  canvas.paint(everywhere, gradient(0.5, draw.within(-0.5, 0.5), draw.within(-0.5, 0.5)));
  canvas.add(clouds(draw, 0.07, 0.6, 3));
  const count = draw.whole(2, 6);
  for (let blob = 0; blob < count; blob++) {
    const r = draw.within(0.07, 0.3);
    const x = draw.within(0, 1);
    const y = draw.within(0, 1);
    const shape = ellipse(x, y, r, r * draw.within(0.5, 1), draw.within(0, Math.PI));
    canvas.paint(shape, rounded(flat(draw.within(0, 1)), x, y, r, 0.2), draw.within(0.02, 0.35));
  }
};

export const painters: readonly Painter[] = [
  landscape,
  creature,
  building,
  vehicle,
  stillLife,
  stripedFigure,
  blobs,
];
