import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { queryKeys } from "@/api/queryKeys";
import { toReviewRow } from "@/model/review";
import { wireReviewRow } from "@/testing/builders";
import { patchDetail, patchRow } from "./cache";

it("keeps the newer version when an older answer arrives after it", () => {
  const cache = new QueryClient();
  const row = toReviewRow(wireReviewRow({ version: 1 }));
  cache.setQueryData(["queue", {}], { pages: [{ rows: [row] }], pageParams: [null] });
  patchRow(cache, { id: row.id, version: 2, assignedTo: null });
  patchRow(cache, { id: row.id, version: 1, assignedTo: "me" });
  const queue = cache.getQueryData<{ pages: { rows: unknown[] }[] }>(["queue", {}]);
  expect(queue?.pages[0]?.rows[0]).toMatchObject({ version: 2, assignedTo: null });
});

it("does not open a closed item when the claim answers late", () => {
  const cache = new QueryClient();
  const row = toReviewRow(wireReviewRow({ version: 1 }));
  const key = queryKeys.review(row.id);
  cache.setQueryData(key, row);
  patchDetail(cache, { id: row.id, version: 1, status: "in_review", assignedTo: "me" });
  expect(cache.getQueryData(key)).toMatchObject({ version: 1, assignedTo: "me" });
  patchDetail(cache, { id: row.id, version: 2, status: "regenerated", assignedTo: null });
  patchDetail(cache, { id: row.id, version: 1, status: "in_review", assignedTo: "me" });
  expect(cache.getQueryData(key)).toMatchObject({ version: 1, status: "regenerated", assignedTo: null });
});

it("takes the claim from a row, and not the score that it was read with", () => {
  const cache = new QueryClient();
  const row = toReviewRow(wireReviewRow({ version: 1, confidence: 0.31 }));
  const key = queryKeys.review(row.id);
  cache.setQueryData(key, { ...row, confidence: 0.83 });
  patchDetail(cache, { ...row, assignedTo: "me" });
  expect(cache.getQueryData(key)).toMatchObject({ assignedTo: "me", confidence: 0.83 });
});
