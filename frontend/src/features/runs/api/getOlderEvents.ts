import { request } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireEvents } from "@/api/wire";
import { type LiveFrame, toFrame } from "@/model/frame";

export const OLDER_PAGE = 200;

/** The events of a run just before one, oldest first; fewer than a page: there are none before them. */
export async function getOlderEvents(runId: string, before: number): Promise<LiveFrame[]> {
  const query = { run: runId, before, limit: OLDER_PAGE };
  const page = await request<WireEvents>(urls.events, { query });
  return page.events.map(toFrame).filter((frame) => frame !== null);
}
