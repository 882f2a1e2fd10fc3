export interface Beat {
  readonly title: string;
  readonly text: string;
}

/** The idea in three beats: what stays, what changes, and who says how much. */
export const beats: readonly Beat[] = [
  {
    title: "A connection that stays",
    text: "Two neurons, and what passes between them. In most networks a connection has one strength, w. Training sets it; from then on it is what it is, whatever the two neurons do.",
  },
  {
    title: "A connection that changes",
    text: "Here it has a second part, H. When the two are active together, H grows; when one is active without the other, it shrinks. No teacher is needed: what the two ends do is enough, and one look can do it.",
  },
  {
    title: "Training chose how much",
    text: "How much H counts is a number of its own, α: what a connection is worth is w + α · H. Training set every α by trying whole lives of looking, forgetting and remembering. So it decided which connections may learn, and which must not.",
  },
];

/** Seconds that a beat takes. */
export const BEAT = 7;

/** Three connections of the figure, in a moment. */
export interface Synapse {
  /** Activity of the sending and the receiving neuron, 0 to 1. */
  readonly pre: number;
  readonly post: number;
  /** How far on its way from one to the other a signal is, 0 to 1. */
  readonly way: number;
  readonly w: number;
  readonly alpha: number;
  /** What the two ends have written, -1 to 1. */
  readonly H: number;
}

/** How much a trace takes up in a second of common activity. */
const RATE = 1.6;
const PULSE = 1.75;

/** A neuron that is active for a while, again and again; smooth, so that nothing flashes. */
const pulse = (time: number, from: number) => {
  const at = (((time - from) % PULSE) + PULSE) % PULSE;
  return at < 1 ? Math.sin(Math.PI * at) ** 2 : 0;
};

/** ... and how far its signal has come by then. */
const wayOf = (time: number) => Math.min(1, time % PULSE);

/** The figure's connections in a beat, `time` seconds after it began: the traces are Hebb's rule, step by step. */
export function synapseAt(beat: number, time: number): readonly Synapse[] {
  const lines = [
    { w: 0.55, alpha: beat === 2 ? 1 : 0.8, together: true },
    { w: 0.35, alpha: beat === 2 ? 0.45 : 0.8, together: false },
    { w: 0.45, alpha: beat === 2 ? 0 : 0.8, together: true },
  ];
  const step = 0.05;
  return lines.map(({ w, alpha, together }) => {
    const activity = (t: number) => ({
      pre: pulse(t, 0),
      post: together ? pulse(t, 0) : pulse(t, PULSE / 2),
    });
    let H = 0;
    if (beat > 0) {
      for (let t = 0; t < time; t += step) {
        const { pre, post } = activity(t);
        H = Math.max(-1, Math.min(1, H + step * RATE * pre * (2 * post - 1)));
      }
    }
    return { ...activity(time), way: wayOf(time), w, alpha: beat > 0 ? alpha : 0, H };
  });
}
