import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef } from "react";
import { asApiError } from "@/api/errors";
import type { ReviewRow } from "@/model/review";
import { claim } from "./api/claim";
import { release } from "./api/release";
import { patchDetail, patchRow } from "./cache";

const DWELL_MS = 400;
const SOONEST_RENEWAL_MS = 15_000;

function renewalDelay(row: ReviewRow): number {
  const left = row.claimedUntil ? Date.parse(row.claimedUntil) - Date.now() : 2 * 60_000;
  return Math.max(SOONEST_RENEWAL_MS, left / 2);
}

export interface Claims {
  /** The claim in flight: a decision is never sent before it. */
  inFlight: RefObject<Promise<unknown>>;
  /** Items that I held at some time in this visit. */
  held: RefObject<ReadonlySet<string>>;
}

/**
 * Holds the item in view once it has been looked at for a moment, renews the claim at half its life and gives it back
 * when the reviewer moves on.
 */
export function useClaim(
  item: { id: string; version: number } | null,
  decided: RefObject<ReadonlySet<string>>,
  onClaimed: (row: ReviewRow) => void,
): Claims {
  const cache = useQueryClient();
  const inFlight = useRef<Promise<unknown>>(Promise.resolve());
  const everHeld = useRef(new Set<string>());
  const id = item?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    let held = false;
    let gone = false;
    let timer = setTimeout(take, DWELL_MS);
    function take() {
      inFlight.current = claim(id ?? "").then(took, refused);
    }
    function took(row: ReviewRow) {
      held = true;
      everHeld.current.add(row.id);
      patchRow(cache, row);
      patchDetail(cache, row);
      if (gone) return;
      // A newer version is told, never swapped in: see useNewer.
      onClaimed(row);
      timer = setTimeout(take, renewalDelay(row));
    }
    function refused(error: unknown) {
      const { code, data } = asApiError(error);
      const holder = data as { by?: string; until?: string } | null;
      if (code !== "claimed" || !holder?.by) return;
      const patch = { id: id ?? "", assignedTo: holder.by, claimedUntil: holder.until ?? null, status: "in_review" };
      patchRow(cache, patch);
      patchDetail(cache, patch);
    }
    const closing = () => {
      if (held && !decided.current.has(id)) release(id).catch(() => undefined);
    };
    window.addEventListener("pagehide", closing);
    return () => {
      window.removeEventListener("pagehide", closing);
      gone = true;
      clearTimeout(timer);
      const leaving = id;
      void inFlight.current.then(() => {
        // A decision ends the claim itself; and a release that fails is no loss, the claim expires.
        if (held && !decided.current.has(leaving)) release(leaving).catch(() => undefined);
      });
    };
  }, [id, cache, decided, onClaimed]);
  return { inFlight, held: everHeld };
}
