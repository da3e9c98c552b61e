import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useReducer, useRef } from "react";
import { asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { showToast } from "@/lib/toasts";
import type { RunDetail } from "@/model/run";
import { type Decision, decide } from "./api/decide";
import { patchCounts, patchRow } from "./cache";
import { decisionReducer, type Unsents } from "./decisions";

interface Decisions {
  unsents: Unsents;
  /** Items decided here in this visit: their claims are not given back. */
  decided: RefObject<Set<string>>;
  send: (decision: Decision, after: Promise<unknown>) => Promise<boolean>;
  drop: (reviewId: string) => void;
}

/** Sends decisions in the background and keeps those that the server has not confirmed. */
export function useDecisions(onReturned: (reviewId: string) => void): Decisions {
  const cache = useQueryClient();
  const [unsents, dispatch] = useReducer(decisionReducer, {});
  const decided = useRef(new Set<string>());
  const waiting = Object.keys(unsents).length;

  useEffect(() => {
    if (waiting === 0) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [waiting]);

  const drop = (reviewId: string) => dispatch({ type: "dropped", reviewId });

  const confirmed = ({ review, run }: Awaited<ReturnType<typeof decide>>) => {
    dispatch({ type: "confirmed", reviewId: review.id });
    patchRow(cache, review);
    patchCounts(cache, (old) => ({
      pending: old.inReview > 0 ? old.pending : Math.max(0, old.pending - 1),
      inReview: Math.max(0, old.inReview - 1),
      done: old.done + 1,
      mineToday: old.mineToday + 1,
    }));
    cache.setQueryData<RunDetail>(queryKeys.run(run.id), (old) => old && { ...old, ...run });
    void cache.invalidateQueries({ queryKey: queryKeys.review(review.id), refetchType: "none" });
  };

  const failed = (decision: Decision, cause: unknown, retry: () => void) => {
    const error = asApiError(cause);
    decided.current.delete(decision.reviewId);
    dispatch({ type: "failed", reviewId: decision.reviewId, error });
    // The item changed, is decided or is held by another: what is shown of it must be read again.
    if (error.status === 409) {
      dispatch({ type: "dropped", reviewId: decision.reviewId });
      void cache.invalidateQueries({ queryKey: ["queue"] });
      void cache.invalidateQueries({ queryKey: queryKeys.review(decision.reviewId) });
    }
    const action =
      error.status === 409
        ? { label: "Look again", run: () => onReturned(decision.reviewId) }
        : { label: "Retry", run: retry };
    showToast({ tone: "bad", text: `Not saved: ${error.message}`, action });
  };

  const send = async (decision: Decision, after: Promise<unknown>): Promise<boolean> => {
    decided.current.add(decision.reviewId);
    dispatch({ type: "sent", decision });
    await after;
    try {
      confirmed(await decide(decision));
      return true;
    } catch (cause) {
      failed(decision, cause, () => void send(decision, Promise.resolve()));
      return false;
    }
  };
  return { unsents, decided, send, drop };
}
