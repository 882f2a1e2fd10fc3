import { live } from "./live.js";

addEventListener("message", ({ data }) =>
  live(data).then(
    (lived) => postMessage({ lived }),
    (error) => postMessage({ problem: String(error?.stack ?? error) }),
  ),
);
