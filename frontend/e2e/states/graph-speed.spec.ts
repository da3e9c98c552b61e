import type { Page } from "@playwright/test";
import { graphWorld, wireGraph } from "../support/graph";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

/** Twice the budgets of the console: the machine may be busy with other things. */
const FIRST_PAINT_MS = 2000;
const STEP_MS = 100;
const UPDATE_MS = 100;

const note = (text: string) => test.info().annotations.push({ type: "speed", description: text });

/** From the click on a link, without the load of the page itself, to the frame after the cells are in the document. */
async function firstPaint(page: Page): Promise<number> {
  await page.goto("/graph");
  await expect(page.getByRole("link", { name: "Shop example" })).toBeVisible();
  return page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    document.querySelector<HTMLElement>("a.row-link")?.click();
    while (!document.querySelector(".wave-grid .all path")) await frame();
    await frame();
    return performance.now() - start;
  });
}

/** The slowest of many presses but for one in twenty. */
async function walk(page: Page, presses: number): Promise<number> {
  const times = await page.evaluate(async (count) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = () => `${document.querySelector(".ring.selected")?.getAttribute("y")} ${location.search}`;
    const measured: number[] = [];
    for (let press = 0; press < count; press += 1) {
      const before = shown();
      const start = performance.now();
      window.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
      while (shown() === before) await frame();
      await frame();
      measured.push(performance.now() - start);
    }
    return measured.sort((a, b) => a - b);
  }, presses);
  return times[Math.floor(times.length * 0.95)] ?? 0;
}

test("800 atoms and 2,000 edges: first paint, and a change of a hundred states", async ({ page, server }) => {
  commonWorld(server);
  graphWorld(server, wireGraph({ atoms: 800, edges: 2000 }));
  const first = await firstPaint(page);
  await expect(page.locator(".wave-grid path.passed")).toBeVisible();
  const updated = page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    while (!document.querySelector(".wave-grid path.parked")) await frame();
    const longest = performance.getEntriesByType("longtask");
    return longest.length;
  });
  const at = Date.now();
  const atoms = Array.from({ length: 100 }, (_, n) => ({ atom_id: `atom-${n}`, status: "parked" }));
  await server.push({ topic: "run", type: "atoms.status", id: 101, at: "2026-11-20T10:00:00Z", data: { atoms } });
  await updated;
  note(`800 atoms: first paint ${Math.round(first)} ms, 100 states on screen after ${Date.now() - at} ms`);
  expect(first).toBeLessThan(FIRST_PAINT_MS);
});

test("2,000 atoms stay smooth: walking with edges drawn, at every zoom", async ({ page, server }) => {
  commonWorld(server);
  graphWorld(server, wireGraph({ atoms: 2000, edges: 6000 }));
  const first = await firstPaint(page);
  const found: string[] = [`2,000 atoms: first paint ${Math.round(first)} ms`];
  for (const zoom of ["cells", "names"]) {
    await page.goto(`/graph/graph-1?zoom=${zoom}&depth=2&atom=atom-300`);
    await expect(page.locator(".ring.selected")).toBeVisible();
    const p95 = await walk(page, 40);
    found.push(`${zoom}: key to painted p95 ${Math.round(p95)} ms`);
    expect(p95).toBeLessThan(STEP_MS + UPDATE_MS);
  }
  note(found.join("; "));
});
