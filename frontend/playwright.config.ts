import { defineConfig } from "@playwright/test";

const asRoot = typeof process.getuid === "function" && process.getuid() === 0;

/** No browser is downloaded: the one of the system is used, and it talks to nobody but the page's own server. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-sync",
  "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,InterestFeedContentSuggestions",
  "--metrics-recording-only",
  "--no-first-run",
  "--no-pings",
];

const SERVER = process.env.MGE_E2E_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  testDir: "e2e",
  timeout: 30_000,
  expect: { timeout: 8_000 },
  fullyParallel: true,
  workers: 2,
  // On a machine that nobody watches a story may lose a race that people never see: it runs once more, and the summary
  // names it as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    // A trace costs a fifth of a run's time: ask for one with --trace retain-on-failure.
    trace: "off",
    screenshot: "only-on-failure",
    // A window of Chromium costs as much as a page: it is emptied between tests, not opened again.
    reuseContext: true,
    launchOptions: {
      executablePath: process.env.MGE_CHROMIUM ?? "/usr/bin/chromium",
      args: [...QUIET, ...(asRoot ? ["--no-sandbox"] : [])],
    },
  },
  projects: [
    { name: "states", testDir: "e2e/states", testIgnore: /speed\.spec\.ts$/, use: { baseURL: "http://console.test" } },
    {
      name: "stories",
      testDir: "e2e/stories",
      fullyParallel: false,
      workers: 1,
      timeout: 120_000,
      use: { baseURL: SERVER },
    },
    ...(process.env.MGE_SCREENS ? [{ name: "screens", testDir: "e2e/screens", use: { baseURL: SERVER } }] : []),
    {
      // Measured one by one, when no other browser is at work; a busy machine gets two more chances.
      name: "speed",
      testDir: "e2e/states",
      testMatch: /speed\.spec\.ts$/,
      dependencies: ["states", "stories"],
      retries: 2,
      fullyParallel: false,
      workers: 1,
      timeout: 120_000,
      use: { baseURL: "http://console.test" },
    },
  ],
});
