import { test } from "../support/mock";
import { commonWorld } from "../support/world";

for (const scheme of ["light", "dark"] as const)
  for (const [w, h] of [
    [1440, 900],
    [390, 844],
  ] as const)
    test(`${scheme} ${w}`, async ({ page, server }) => {
      commonWorld(server);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width: w, height: h });
      for (const [name, path] of [
        ["review", "/review/review-1"],
        ["queue", "/review"],
        ["plans", "/masterplans"],
        ["plan", "/masterplans/plan-1"],
        ["runs", "/runs"],
        ["run", "/runs/run-1"],
      ] as const) {
        await page.goto(path);
        await page.waitForTimeout(900);
        await page.screenshot({ path: `/tmp/shots/${name}-${scheme}-${w}.png` });
      }
      server.json("GET", /session$/, { user: null, csrf_token: "x" });
      await page.goto("/login");
      await page.waitForTimeout(400);
      await page.screenshot({ path: `/tmp/shots/login-${scheme}-${w}.png` });
    });
