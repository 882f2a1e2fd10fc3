import { init } from "hebbian";
import { train } from "./train.js";

async function report() {
  const device = await init();
  const auto = { threads: device.info.threads, cores: navigator.hardwareConcurrency };
  await device.dispose();
  return { worker: await train(), auto };
}

report().then(
  (reported) => postMessage({ reported }),
  (error) => postMessage({ problem: String(error?.stack ?? error) }),
);
