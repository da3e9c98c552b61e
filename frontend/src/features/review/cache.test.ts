import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { toReviewRow } from "@/model/review";
import { wireReviewRow } from "@/testing/builders";
import { patchRow } from "./cache";

it("keeps the newer version when an older answer arrives after it", () => {
  const cache = new QueryClient();
  const row = toReviewRow(wireReviewRow({ version: 1 }));
  cache.setQueryData(["queue", {}], { pages: [{ rows: [row] }], pageParams: [null] });
  patchRow(cache, { id: row.id, version: 2, assignedTo: null });
  patchRow(cache, { id: row.id, version: 1, assignedTo: "me" });
  const queue = cache.getQueryData<{ pages: { rows: unknown[] }[] }>(["queue", {}]);
  expect(queue?.pages[0]?.rows[0]).toMatchObject({ version: 2, assignedTo: null });
});
