import type { Page } from "@playwright/test";
import { wireReview } from "../../src/testing/builders";
import { expectAccessible } from "../support/axe";
import { planDetail } from "../support/cast";
import { graphWorld } from "../support/graph";
import { metricsWorld } from "../support/metrics";
import { expect, type MockServer, test } from "../support/mock";
import { rolloutWorld } from "../support/rollout";
import { commonWorld } from "../support/world";

/** Every page, small: 320 pixels, a phone, and 1280 x 1024 at 200 % (WCAG 1.4.4, 1.4.10, 2.4.11, 2.5.8). */
const SIZES = {
  "320 pixels": { width: 320, height: 640 },
  "a phone": { width: 390, height: 844 },
  "200 % zoom": { width: 640, height: 512 },
};

const PAGES = [
  "/login",
  "/review",
  "/review/review-1",
  "/masterplans",
  "/masterplans/plan-1",
  "/runs",
  "/runs/run-1",
  "/runs/run-1/comparison",
  "/atoms/atom-1?run=run-1",
  "/graph",
  "/graph/graph-1",
  "/graph/graph-1?view=table",
  "/graph/graph-1?view=cycles",
  "/metrics",
  "/rollout",
  "/settings",
];

function everything(server: MockServer, signedIn: boolean): void {
  commonWorld(server);
  graphWorld(server);
  rolloutWorld(server);
  metricsWorld(server);
  server.json("GET", /masterplans\/plan-1\/$/, planDetail({ team: "blue", team_choices: ["blue", "green"] }));
  if (!signedIn) server.json("GET", /session$/, { user: null, csrf_token: "t" });
}

interface Fault {
  what: string;
  why: string;
}

/** Nothing widens the page, and each control can be brought into view whole, with nothing lying on it. */
async function faults(page: Page): Promise<Fault[]> {
  return page.evaluate(() => {
    const found: Fault[] = [];
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 0) found.push({ what: "the page", why: `${wide} pixels too wide` });
    const name = (node: Element) => `${node.tagName} ${node.getAttribute("aria-label") ?? node.textContent ?? ""}`;
    const controls = "a[href], button:not(:disabled), input, select, summary, [role=option]";
    for (const node of document.querySelectorAll<HTMLElement>(controls)) {
      if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || node.closest("[inert]"))
        continue;
      if (node.closest(".sr-only, .skip-link")) continue;
      node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = [...node.getClientRects()].find((rect) => rect.width > 1 && rect.height > 1);
      if (!box) continue;
      const at = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      const hit = document.elementFromPoint(at.x, at.y);
      const own = hit && (node.contains(hit) || hit.contains(node) || hit.closest("label")?.contains(node));
      const out = box.left < -1 || box.right > window.innerWidth + 1;
      if (!own)
        found.push({ what: name(node).slice(0, 80), why: hit ? `under ${name(hit).slice(0, 60)}` : "out of reach" });
      else if (out)
        found.push({
          what: name(node).slice(0, 80),
          why: `cut off at ${Math.round(box.left)}..${Math.round(box.right)}`,
        });
    }
    return found;
  });
}

test.use({ viewport: SIZES["a phone"] });

for (const path of PAGES) {
  test(`${path} loses nothing`, async ({ page, server }) => {
    everything(server, path !== "/login");
    await page.goto(path);
    await expect(page.locator("[data-ready=true]").first()).toBeVisible();
    await expect(page.locator(".skeleton[data-shown=true]")).toHaveCount(0);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await test.step(size, async () => {
        await page.setViewportSize(viewport);
        await page.waitForTimeout(300);
        expect(await faults(page), size).toEqual([]);
        const beyond = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
        if (path !== "/login") expect(beyond, `${size}: pixels below the shell`).toBeLessThanOrEqual(0);
        await expectAccessible(page, size === "a phone" ? "all" : "all but colours");
      });
    }
  });
}

test("on a phone the reasons come before what is only looked up, and the chosen tab is in view", async ({
  page,
  server,
}) => {
  everything(server, true);
  await page.goto("/review/review-1");
  const tops = async () => [
    (await page.locator(".code-pane").boundingBox())?.y ?? 0,
    (await page.getByRole("heading", { name: "Why this is here" }).boundingBox())?.y ?? 0,
    (await page.getByRole("tablist", { name: "Details" }).boundingBox())?.y ?? 0,
  ];
  await expect(page.getByRole("tablist", { name: "Details" })).toBeVisible();
  const found = await tops();
  expect(found).toEqual([...found].sort((a, b) => a - b));
  await page.setViewportSize(SIZES["320 pixels"]);
  await page.keyboard.press("d");
  const box = await page.getByRole("tab", { name: "Dependents", selected: true }).boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
});

test("on a phone a note leaves the decisions free, and nothing shows between them and the pages", async ({
  page,
  server,
}) => {
  everything(server, true);
  server.json("GET", /review\/review-1$/, wireReview({ model: null }));
  await page.goto("/review/review-1");
  await page.getByRole("button", { name: "Regenerate" }).click();
  await expect(page.locator(".toast")).toBeVisible();
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  await page.getByText("Wrong logic").click(); // refused where something lies over it
  const edges = await page.evaluate(() => {
    const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
    return { decided: box(".decide")?.bottom, pages: box(".rail")?.top };
  });
  expect(edges.decided).toBe(edges.pages);
});

test.describe("dialogs at 320 pixels", () => {
  test.use({ viewport: SIZES["320 pixels"] });
  for (const [name, key] of Object.entries({ palette: "Control+k", keys: "?" })) {
    test(`the ${name} fits`, async ({ page, server }) => {
      commonWorld(server);
      await page.goto("/runs");
      await expect(page.locator("[data-ready=true]").first()).toBeVisible();
      await expect(page.getByRole("table")).toBeVisible();
      await page.keyboard.press(key);
      const box = await page.getByRole("dialog").boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 320 && box.y >= 0 && box.y + box.height <= 640).toBe(true);
    });
  }
});
