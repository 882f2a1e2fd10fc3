import { ranges, within } from "./ranges.js";

/** All that a visitor has set, as the address says it: whoever opens the address sees the same. */
const usual = {
  seed: 15,
  /** What a visitor drew on the first screen, as text. */
  drawn: "",
  /** Numbers of the page's own pictures. */
  pictures: "0,1,2",
  presentations: 3,
  delay: 0,
  /** 0: what the network has learned. */
  eta: 0,
  /** What a friend has taught the network to name: see page/name-it/named.ts. */
  symbols: "",
  /** A neuron, and two that are connected: "pre-post". */
  neuron: 528,
  synapse: "",
  weight: "w + alpha * H",
  H: "(1 - eta) * H + eta * pre * post",
  /** What the rule has beside: see page/rule/typedRule.ts. */
  more: "",
  etaStart: 0.01,
};
type Settings = typeof usual;

const PRESENT = new URL(location.href).searchParams;
export const settings: Settings = $state(fromAddress());

/** As they are without an address that says otherwise. */
export const usually: Readonly<Settings> = usual;

function fromAddress(): Settings {
  const read = Object.entries(usual).map(([key, value]) => {
    const text = PRESENT.get(key);
    if (text === null) return [key, value];
    if (typeof value === "string") return [key, text];
    return [key, within(text, ranges[key as keyof typeof ranges], value)];
  });
  return Object.fromEntries(read) as Settings;
}

function query(): string {
  const changed = Object.entries(settings).filter(([key, value]) => value !== usual[key as keyof Settings]);
  const text = new URLSearchParams(changed.map(([key, value]) => [key, String(value)])).toString();
  return text && `?${text}`;
}
/** The address that says how the settings are just now; the browser's own follows a little later. */
export const addressNow = (): string => `${location.origin}${location.pathname}${query()}${location.hash}`;

/** Call in a component: keeps the browser's address as the settings are. */
export function keepInAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    const text = query();
    clearTimeout(timer);
    timer = setTimeout(
      () => history.replaceState(null, "", `${text || location.pathname}${location.hash}`),
      150,
    );
  });
}
