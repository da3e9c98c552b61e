import { expectAccessibleInBothThemes } from "../support/axe";
import { expect, test } from "../support/mock";
import { rollout, rolloutWorld } from "../support/rollout";
import { commonWorld } from "../support/world";

test.beforeEach(({ server }) => {
  commonWorld(server);
  rolloutWorld(server);
});

test("says in words where the rollout stands and what each guard thinks", async ({ page }) => {
  await page.goto("/rollout");
  await expect(page.getByText("V2 is on for 25 % of users + 4 named users")).toBeVisible();
  await expect(page.getByRole("row", { name: /Precision green 99.1 %/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Error rate red triggers rollback/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Satisfaction no data – – 4 of 10/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Advance to 50 %" })).toBeDisabled();
  await expect(page.getByRole("listitem").filter({ hasText: "25 %" }).first()).toHaveAttribute("aria-current", "step");
});

test("a percentage shows whom it moves, and needs a reason", async ({ page, server }) => {
  server.json("PATCH", /flags\/ENABLE_V2$/, {});
  await page.goto("/rollout");
  const set = page.getByRole("button", { name: "Set to 50 %" });
  await page.getByLabel(/Percentage of users/).fill("101");
  await expect(page.getByText("Give a whole number from 0 to 100.")).toBeVisible();
  await page.getByLabel(/Percentage of users/).fill("50");
  await expect(page.getByText("243 users move to V2")).toBeVisible();
  await expect(set).toBeDisabled();
  await page.getByLabel("Reason for: set to 50 %").fill("week 16");
  await set.click();
  await expect
    .poll(() => server.called("PATCH", /ENABLE_V2$/)[0]?.body)
    .toEqual({
      enabled: true,
      percentage: 50,
      reason: "week 16",
      version: 7,
    });
});

test("of two admins at once the second reads why nothing changed", async ({ page, server }) => {
  const message = "ENABLE_RETRY_FEEDBACK was changed since you read it. Look at it again.";
  server.json("PATCH", /ENABLE_RETRY_FEEDBACK$/, { code: "flag_changed", message, data: {} }, 409);
  await page.goto("/rollout");
  await page.getByRole("button", { name: "Switch on retry feedback" }).click();
  await page.getByLabel("Reason for: switch on retry feedback").fill("phase 6");
  await page.getByRole("button", { name: "Switch on retry feedback" }).last().click();
  await expect(page.getByRole("alert")).toContainText(message);
});

test("the kill switch wants the word typed, and says what happens to what runs", async ({ page, server }) => {
  server.json("POST", /rollout\/rollback$/, {});
  await page.goto("/rollout");
  await page.getByRole("button", { name: "Stop V2 for everyone" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("The 3 V2 runs under way keep their mode");
  const stop = dialog.getByRole("button", { name: "Stop V2", exact: true });
  await dialog.getByLabel("Why").fill("fire");
  await expect(stop).toBeDisabled();
  await dialog.getByLabel(/Type stop v2/).fill("stop v2");
  server.json("GET", /\/api\/v2\/rollout$/, rollout({ killed: true, sentence: "V2 is off for everyone." }));
  await stop.click();
  await expect(page.getByText("It is set: everybody gets the MVP.")).toBeVisible();
  await expect(page.getByText(/It took effect in \d+\.\d s/)).toBeVisible();
  await expect.poll(() => server.called("POST", /rollback$/)[0]?.body).toEqual({ now: true, reason: "fire" });
});

test("a change through another door shows by itself", async ({ page, server }) => {
  await page.goto("/rollout");
  await expect(page.getByText("V2 is on for 25 %")).toBeVisible();
  server.json("GET", /\/api\/v2\/rollout$/, rollout({ sentence: "V2 is on for nobody." }));
  const data = { reason: "automatic rollback: error_rate 0.3", from: 25, to: 0 };
  await server.push({ topic: "flags", type: "rollout.rolled_back", id: 101, data });
  await expect(page.getByText("V2 is on for nobody.")).toBeVisible();
  await expect(page.getByText(/V2 was taken back: automatic rollback/)).toBeVisible();
});

test("names, probe, pins and roles", async ({ page, server }) => {
  server.json("GET", /flags\/evaluate$/, {
    user_id: 4,
    username: "dave",
    mode: "v2_atoms",
    why: "the user is on the whitelist",
    bucket: 77,
    phases_off: [],
  });
  await page.goto("/rollout");
  await page.getByRole("button", { name: "Remove mallory from Always MVP" }).click();
  await page.getByLabel("Always V2").last().fill("erin");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove erin from Always V2" })).toBeVisible();
  await page.getByLabel("User name or key").fill("dave");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/gets V2: the user is on the whitelist/)).toBeVisible();
  await expect(page.getByText("FF_ENABLE_HIERARCHICAL_VALIDATION")).toBeVisible();
  await expect(page.getByRole("button", { name: "Switch off hierarchical validation" })).toBeDisabled();
  rolloutWorld(server, { id: 2, username: "oscar", roles: ["operator"], is_staff: false });
  await page.reload();
  await expect(page.getByText("Changing the rollout needs the role admin.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Stop V2 for everyone" })).toHaveCount(0);
});

test("a shadow pair side by side", async ({ page }) => {
  await page.goto("/runs/run-1/comparison");
  await expect(page.getByText("precision 9.7 points better, cost $0.52 cheaper, time 5 min 25 s faster")).toBeVisible();
  await expect(page.getByRole("row", { name: "Precision 87.1 % 96.8 %" })).toBeVisible();
  await expect(page.getByLabel("Plan in view")).toHaveValue("plan-1");
});

for (const width of [1440, 390]) {
  test(`is accessible in both themes at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/rollout");
    await expect(page.getByText("V2 is on for 25 %")).toBeVisible();
    await page.getByRole("button", { name: "Switch on retry feedback" }).click();
    await expectAccessibleInBothThemes(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.getByRole("button", { name: "Stop V2 for everyone" }).click();
    await expectAccessibleInBothThemes(page);
    await page.goto("/runs/run-1/comparison");
    await expect(page.getByText("MVP, shipped")).toBeVisible();
    await expectAccessibleInBothThemes(page);
    for (const last of [page.getByText("V2, in its shadow"), page.getByRole("link", { name: "Admin" })]) {
      const box = await last.boundingBox();
      expect(box && box.x + box.width).toBeLessThanOrEqual(width); // seen without scrolling sideways
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}
