import { expect, type Page } from "@playwright/test";

export interface Row {
  review_id: string;
  symbol: string;
  status: string;
  version: number;
  assigned_to: string | null;
}

const get = async <T>(page: Page, path: string): Promise<T> => (await (await page.request.get(path)).json()) as T;

/** The open items as the server has them, most urgent first. */
export const openRows = async (page: Page, query = ""): Promise<Row[]> =>
  (await get<{ results: Row[] }>(page, `/api/v2/review/queue?view=pending&limit=200${query}`)).results;

/** The item in view; null while another still stands in for it. */
export const shownId = (page: Page): Promise<string | null> =>
  page
    .locator(".item")
    .getAttribute("data-review", { timeout: 1000 })
    .catch(() => null);

/** Waits until an item other than `before` is painted and may be decided. */
export async function nextShown(page: Page, before: string | null): Promise<string> {
  let id: string | null = null;
  await expect
    .poll(
      async () => {
        id = await shownId(page);
        return id !== null && id !== before;
      },
      { timeout: 30_000, message: "another item is shown" },
    )
    .toBe(true);
  // The guard between paint and decision.
  await page.waitForTimeout(250);
  return String(id);
}

/** Posts as the console does, with the session of the page. */
export async function post(page: Page, path: string, body: object): Promise<number> {
  const csrf = (await page.context().cookies()).find((cookie) => cookie.name === "csrftoken")?.value ?? "";
  const answer = await page.request.post(path, { data: body, headers: { "X-CSRFToken": csrf, Referer: page.url() } });
  return answer.status();
}
