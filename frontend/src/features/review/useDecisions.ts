import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useReducer, useRef } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useLinkUp } from "@/lib/live/freshness";
import { useOnline } from "@/lib/online";
import { dismissToast, showToast } from "@/lib/toasts";
import type { RunDetail } from "@/model/run";
import { type Decision, decide } from "./api/decide";
import { patchCounts, patchDetail, patchRow } from "./cache";
import { decisionReducer, type Unsents } from "./decisions";

interface Decisions {
  unsents: Unsents;
  /** Items decided here in this visit: their claims are not given back. */
  decided: RefObject<Set<string>>;
  send: (decision: Decision, after: Promise<unknown>) => Promise<boolean>;
  drop: (reviewId: string) => void;
  /** Whether the newest sending of a decision on an item was confirmed. */
  outcomeOf: (reviewId: string) => Promise<boolean>;
}

/** No answer, or a gateway that had none: the same request again may succeed, and its key makes that harmless. */
const worthRepeating = (error: ApiError | null): boolean =>
  error !== null && (error.status === 0 || error.status >= 502);

/** Sends decisions in the background and keeps those that the server has not confirmed. */
export function useDecisions(onReturned: (reviewId: string) => void): Decisions {
  const cache = useQueryClient();
  const [unsents, dispatch] = useReducer(decisionReducer, {});
  const decided = useRef(new Set<string>());
  const notes = useRef(new Map<string, number>());
  const outcomes = useRef(new Map<string, Promise<boolean>>());
  useLeaveWarning(Object.keys(unsents).length > 0);

  const clearNote = (reviewId: string) => {
    const note = notes.current.get(reviewId);
    if (note !== undefined) dismissToast(note);
    notes.current.delete(reviewId);
  };
  const drop = (reviewId: string) => {
    clearNote(reviewId);
    decided.current.delete(reviewId);
    dispatch({ type: "dropped", reviewId });
  };

  const confirmed = ({ review, run }: Awaited<ReturnType<typeof decide>>) => {
    clearNote(review.id);
    dispatch({ type: "confirmed", reviewId: review.id });
    patchRow(cache, review);
    patchDetail(cache, review);
    patchCounts(cache, (old) => ({
      pending: old.inReview > 0 ? old.pending : Math.max(0, old.pending - 1),
      inReview: Math.max(0, old.inReview - 1),
      done: old.done + 1,
      mineToday: old.mineToday + 1,
    }));
    cache.setQueryData<RunDetail>(queryKeys.run(run.id), (old) => old && { ...old, ...run });
    void cache.invalidateQueries({ queryKey: queryKeys.review(review.id), refetchType: "none" });
  };

  const failed = (decision: Decision, cause: unknown) => {
    const { reviewId } = decision;
    const error = asApiError(cause);
    decided.current.delete(reviewId);
    clearNote(reviewId);
    dispatch({ type: "failed", reviewId, error });
    // The item changed, is decided or is held by another: what is shown of it must be read again.
    if (error.status === 409) {
      dispatch({ type: "dropped", reviewId });
      void cache.invalidateQueries({ queryKey: ["queue"] });
      void cache.invalidateQueries({ queryKey: queryKeys.review(reviewId) });
    }
    const action =
      error.status === 409
        ? { label: "Look again", run: () => onReturned(reviewId) }
        : { label: "Retry", run: () => void send(decision, Promise.resolve()) };
    const words = error.status === 409 && decision.feedback ? ` You wrote: “${decision.feedback}”` : "";
    notes.current.set(reviewId, showToast({ tone: "bad", text: `Not saved: ${error.message}${words}`, action }));
  };

  const attempt = async (decision: Decision, after: Promise<unknown>): Promise<boolean> => {
    decided.current.add(decision.reviewId);
    dispatch({ type: "sent", decision });
    await after;
    try {
      confirmed(await decide(decision));
      return true;
    } catch (cause) {
      failed(decision, cause);
      return false;
    }
  };
  const send = (decision: Decision, after: Promise<unknown>): Promise<boolean> => {
    const outcome = attempt(decision, after);
    outcomes.current.set(decision.reviewId, outcome);
    return outcome;
  };
  const outcomeOf = (reviewId: string) => outcomes.current.get(reviewId) ?? Promise.resolve(true);
  useRepeat(unsents, (decision) => void send(decision, Promise.resolve()));
  return { unsents, decided, send, drop, outcomeOf };
}

/** Asks before the page is left while the server has not confirmed everything. */
function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [active]);
}

/** Sends what met no server once more as soon as the page hears from the server again. */
function useRepeat(unsents: Unsents, repeat: (decision: Decision) => void): void {
  const linked = useLinkUp();
  const online = useOnline();
  const reachable = linked && online;
  const latest = useRef({ unsents, repeat });
  useEffect(() => {
    latest.current = { unsents, repeat };
  });
  useEffect(() => {
    if (!reachable) return;
    for (const unsent of Object.values(latest.current.unsents)) {
      if (unsent.state === "failed" && worthRepeating(unsent.error)) latest.current.repeat(unsent.decision);
    }
  }, [reachable]);
}
