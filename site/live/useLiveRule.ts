import { computed, onBeforeUnmount, onMounted, type Ref, ref, shallowRef, watch } from "vue";
import type { Checked } from "./checkRule.js";
import { smoothed } from "./curve.js";
import { type Answer, EPISODES, type Question } from "./messages.js";

/** Episodes that a point of the curve is the mean of, and those that the number in the summary is. */
export const WINDOW = 20;
const LAST = 50;

/** Of the curve, in pixels; and the largest loss it shows: that of a network that fills the gaps with zeros is about 6. */
export const height = 180;
export const margin = { left: 30, right: 14, top: 8, bottom: 26 };
export const top = 8;

/** The width of what is drawn in an element: all that its margins leave. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const width = ref(600);
  watch(element, (found, _, onCleanup) => {
    if (!found) return;
    const observer = new ResizeObserver(() => {
      width.value = Math.max(200, found.clientWidth - margin.left - margin.right);
    });
    observer.observe(found);
    onCleanup(() => observer.disconnect());
  });
  return width;
}

/** The state of one editor; nothing of the library is loaded before the page is there. */
export function useLiveRule(code: string) {
  const live = ref(false);
  const text = ref(code);
  const checked = shallowRef<Checked | null>(null);
  const training = ref(false);
  const failure = ref("");
  const losses = shallowRef<readonly number[]>([]);
  const former = shallowRef<readonly number[]>([]);
  const nonplastic = shallowRef<readonly number[]>([]);
  let check: ((code: string) => Checked) | null = null;
  let worker: Worker | null = null;

  function look(): void {
    checked.value = check!(text.value);
  }

  function stop(): void {
    worker?.terminate();
    worker = null;
    training.value = false;
  }

  function train(): void {
    stop();
    look();
    if (!checked.value?.ok || signals.value.length > 0) return;
    if (losses.value.length > 0) former.value = losses.value;
    losses.value = [];
    failure.value = "";
    training.value = true;
    worker = new Worker(new URL("./rule.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "losses") (data.of === "rule" ? losses : nonplastic).value = data.losses;
      if (data.kind === "failed") failure.value = data.message;
      if (data.kind !== "losses") stop();
    };
    worker.onerror = ({ message }) => {
      failure.value = message || "the worker that trains did not start";
      stop();
    };
    const question: Question = { code: text.value, compared: nonplastic.value.length === 0 };
    worker.postMessage(question);
  }

  function reset(): void {
    stop();
    text.value = code;
    losses.value = former.value = [];
    failure.value = "";
    look();
  }

  onMounted(async () => {
    ({ checkRule: check } = await import("./checkRule.js"));
    live.value = true;
    look();
  });
  onBeforeUnmount(stop);

  const signals = computed(() => (checked.value?.ok ? Object.keys(checked.value.rule.signals) : []));
  const lines = computed(() =>
    [
      { name: "without plasticity", kind: "nonplastic", losses: nonplastic.value },
      { name: "the rule before", kind: "former", losses: former.value },
      { name: "this rule", kind: "rule", losses: losses.value },
    ]
      .filter((line) => line.losses.length > 0)
      .map(({ name, kind, losses }) => ({ name, kind, values: smoothed(losses, WINDOW) })),
  );
  const trained = computed(() => losses.value.length > 0);
  const summary = computed(() => (trained.value ? inWords(losses.value, nonplastic.value) : ""));
  return {
    live,
    text,
    checked,
    training,
    failure,
    lines,
    signals,
    summary,
    trained,
    look,
    train,
    stop,
    reset,
  };
}

/** What a curve says, for those who hear it. */
export function inWords(losses: readonly number[], nonplastic: readonly number[]): string {
  const last = (values: readonly number[]) => smoothed(values, LAST).at(-1)!;
  if (!Number.isFinite(last(losses))) {
    return "The loss is no longer a number: with this rule, traces grow without bound.";
  }
  const other = nonplastic.length > 0 ? `, without plasticity ${last(nonplastic).toFixed(2)}` : "";
  return `Loss after ${EPISODES} episodes: ${last(losses).toFixed(2)}${other}`;
}
