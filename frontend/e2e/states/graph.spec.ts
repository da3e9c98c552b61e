import { expectAccessibleInBothThemes } from "../support/axe";
import { graphWorld, SMALL, wireGraph } from "../support/graph";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

const grid = "[data-testid=wave-grid]";

test.beforeEach(({ server }) => {
  commonWorld(server);
  graphWorld(server);
});

test("no edge is drawn before an atom is chosen; then those of its neighbourhood, and why it waits", async ({
  page,
}) => {
  await page.goto("/graph/graph-1");
  await expect(page.locator(`${grid} .all path`).first()).toBeVisible();
  await expect(page.locator(`${grid} path.edge`)).toHaveCount(0);
  await page.keyboard.press("/");
  await page.keyboard.type("method_with_a_long_name_104");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/atom=atom-104/);
  await expect(page.locator(`${grid} path.edge`)).not.toHaveCount(0);
  const panel = page.getByRole("complementary", { name: "The chosen atom" });
  await expect(panel.getByRole("heading", { name: /^Waits for \d/ })).toBeVisible();
  await expect(panel.getByText("re-opens 3")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("a click and the arrow keys choose atoms; the address holds all of it", async ({ page }) => {
  await page.goto("/graph/graph-1");
  const box = page.locator(grid);
  await expect(box).toBeVisible();
  await box.click({ position: { x: 20, y: 42 } });
  await expect(page).toHaveURL(/atom=atom-0/);
  await page.keyboard.press("ArrowDown");
  await expect(page).toHaveURL(/atom=atom-1/);
  await page.keyboard.press("]");
  await expect(page).toHaveURL(/atom=atom-67/);
  await page.keyboard.press("+");
  await expect(page).toHaveURL(/zoom=names/);
  await expect(page.locator(`${grid} .names text`).first()).toBeVisible();
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/critical=true/);
  await page.reload();
  await expect(page.locator(`${grid} .ring.critical`)).toHaveCount(6);
  await page.keyboard.press("z");
  await expect(page.locator(`${grid} rect.share`).first()).toBeVisible();
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/\/atoms\/atom-67/);
});

test("states are live, and told by shape as well as by colour", async ({ page, server }) => {
  await page.goto("/graph/graph-1?run=run-1");
  await expect(page.locator(`${grid} path.atom-shape.failed`)).toHaveCount(1);
  await expect(page.locator(`${grid} path.atom-shape.retry_wait`)).toHaveCount(0);
  const before = await page.locator(`${grid} path.atom-shape.passed`).getAttribute("d");
  await server.push({
    topic: "run",
    type: "atoms.status",
    id: 101,
    at: "2026-11-20T10:00:00Z",
    data: { atoms: [{ atom_id: "atom-0", status: "retry_wait" }] },
  });
  await expect(page.locator(`${grid} path.atom-shape.retry_wait`)).toHaveCount(1);
  const after = await page.locator(`${grid} path.atom-shape.passed`).getAttribute("d");
  expect(after?.length).toBeLessThan(before?.length ?? 0);
});

test("what is more than 150 atoms away is counted, not drawn", async ({ page, server }) => {
  const star = wireGraph({ atoms: 200, edges: 1 });
  const edges = star.nodes.slice(1).map((node) => ({
    from: node.atom_id, to: "atom-0", type: "data" as const, weight: 0.7, orders: false, broken: null,
  })); // biome-ignore format: one row
  graphWorld(server, { ...star, edges });
  await page.goto("/graph/graph-1?atom=atom-0&depth=1");
  await expect(page.getByText("+50 more atoms at this depth")).toBeVisible();
});

test("broken edges say which, how heavy and why; differences of plan and code too", async ({ page, server }) => {
  const graph = wireGraph(SMALL);
  const broken = "lightest edge of a cycle among 3 atoms: data 0.70 (total)";
  const difference = { type: "control" as const, weight: 1, symbol: "tax", line: 7 };
  graphWorld(server, {
    ...graph,
    edges: [...graph.edges, { from: "atom-3", to: "atom-9", type: "data", weight: 0.7, orders: false, broken }],
    reconciliation: {
      run_id: "run-1",
      changed_atoms: 2,
      unplanned_total: 1,
      unwired_total: 7,
      unplanned: [{ from: "atom-3", to: "atom-9", late: true, ...difference }],
      unwired: [{ from: "atom-4", to: "atom-1", late: false, ...difference }],
      unparsed: [],
      updated_at: "2026-11-20T10:00:00Z",
    },
  });
  await page.goto("/graph/graph-1?view=cycles");
  await expect(page.getByRole("cell", { name: broken })).toBeVisible();
  await page.getByRole("tab", { name: /Plan and code/ }).click();
  await expect(page.getByText("comes too late")).toBeVisible();
  await expect(page.getByText("6 more are not listed.")).toBeVisible();
  await page.getByRole("tab", { name: "Boundaries" }).click();
  await expect(page.getByRole("button", { name: "shop/part0.py" })).toBeVisible();
});

test("a narrow screen gets the table first; waves open and close, atoms are chosen there too", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/graph/graph-1");
  await expect(page.getByRole("table", { name: "Atoms by wave" })).toBeVisible();
  const wave = page.getByRole("button", { name: "Wave 2" });
  await expect(wave).toHaveAttribute("aria-expanded", "true");
  await wave.click();
  await expect(wave).toHaveAttribute("aria-expanded", "false");
  await page.getByRole("button", { name: "Cart5", exact: true }).click();
  await expect(page.getByRole("complementary", { name: "The chosen atom" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("the list leads to a graph, a plan's graph opens at once, and nothing is said as such", async ({
  page,
  server,
}) => {
  await page.goto("/graph");
  await page.getByRole("link", { name: "Shop example" }).click();
  await expect(page).toHaveURL(/\/graph\/graph-1/);
  await page.goto("/graph");
  await expect(page.getByRole("link", { name: "Shop example" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "Shop example" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/graph\/graph-1/);
  await page.goto("/graph?plan=plan-1&run=run-1");
  await expect(page).toHaveURL(/\/graph\/graph-1\?run=run-1/);
  server.json("GET", /graphs$/, { graphs: [], total: 0 });
  await page.goto("/graph");
  await expect(page.getByRole("heading", { name: "No graph yet" })).toBeVisible();
  server.json("GET", /graphs\/graph-2$/, { code: "v2_not_installed", message: "V2 is not installed.", data: {} }, 503);
  await page.goto("/graph/graph-2");
  await expect(page.getByRole("alert")).toContainText("V2 is not installed");
});

test("a graph without edges, and one without atoms, say so and dim nothing", async ({ page, server }) => {
  const few = wireGraph({ atoms: 3, edges: 1 }, { edges: [], total_edges: 0, critical_path: ["atom-0"] });
  graphWorld(server, few);
  await page.goto("/graph/graph-1?critical=true");
  await expect(page.getByText("no edges: no atom needs another")).toBeVisible();
  await expect(page.getByRole("button", { name: "No critical path" })).toBeDisabled();
  await expect(page.locator(grid)).not.toHaveClass(/dimmed/);
  graphWorld(server, { ...few, nodes: [], total_atoms: 0, total_waves: 0, critical_path: [] });
  await page.goto("/graph/graph-1");
  await expect(page.getByRole("heading", { name: "No atoms" })).toBeVisible();
  await expect(page.getByText("0 atoms")).toHaveCount(0);
});

const READY = {
  "/graph": "table",
  "/graph/graph-1?run=run-1&atom=atom-70&critical=true": ".atom-panel .ends",
  "/graph/graph-1?run=run-1&zoom=names": ".names text",
  "/graph/graph-1?run=run-1&view=table": ".graph-table tbody",
};

for (const [path, part] of Object.entries(READY)) {
  test(`nothing in the way of anybody at ${path}`, async ({ page }) => {
    await page.goto(path);
    await expect(page.locator(part).first()).toBeVisible();
    await expectAccessibleInBothThemes(page);
  });
}
