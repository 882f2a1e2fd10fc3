import { defineConfig } from "vitest/config";
import { library } from "./web/plugins/library.js";

/** What takes long, or needs a build, a browser or Python, has a command of its own: see the scripts of package.json. */
const project = (
  name: string,
  include: string[],
  testTimeout: number,
  env: Record<string, string> = {},
  globalSetup: string[] = [],
) => ({
  resolve: { alias: library },
  test: {
    name,
    include,
    environment: "node" as const,
    testTimeout,
    // To unpack a package and to remove it may take as long as a test of it.
    hookTimeout: testTimeout,
    env,
    globalSetup,
    // Many tests watch processes, clocks and memory, on a machine with other work. A fault fails twice; what did not is
    // listed at the end of .ci/run.
    retry: process.env.CI ? 1 : 0,
    setupFiles: ["test/support/seed.ts"],
    // Files share a process's modules: no test leaves anything behind in them, and it takes a quarter less time.
    isolate: false,
  },
});

export default defineConfig({
  test: {
    maxWorkers: "100%",
    projects: [
      project(
        "unit",
        ["src/**/*.test.ts", "cli/**/*.test.ts", "web/**/*.test.ts", "site/**/*.test.ts", "test/*.test.ts"],
        20_000,
      ),
      project("learning", ["test/learning/*.test.ts"], 600_000),
      project("campaign", ["test/campaign/*.test.ts"], 600_000),
      project("peers", ["test/peers/*.test.ts"], 60_000),
      project("browser", ["test/browser/*.test.ts"], 120_000),
      project("web", ["test/web/*.test.ts"], 240_000),
      project("docs", ["test/docs/*.test.ts"], 90_000),
      project("examples", ["test/examples/*.test.ts"], 120_000),
      // Tests of the engine once more, with kernels in C. The first time, each takes the compiler half a second.
      project(
        "native",
        [
          "test/{parity,gradients,dense,capture,cells,language,oneShot,shippedModels}.test.ts",
          "src/tape/ops/{rows,moves}.test.ts",
          "test/native/*.test.ts",
        ],
        120_000,
        { HEBBIAN_ENGINE: "native" },
      ),
      project("package", ["test/package/*.test.ts"], 300_000, {}, ["test/package/setup.ts"]),
    ],
  },
});
