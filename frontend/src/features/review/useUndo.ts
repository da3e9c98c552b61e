import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { announce } from "@/lib/announce";
import { showToast } from "@/lib/toasts";
import { uuid } from "@/lib/uuid";
import { undo } from "./api/undo";

/** A decision that can be taken back. */
export interface Recent {
  reviewId: string;
  /** What was done, and to what, in words: "Approved Cart.total". */
  text: string;
}

const REMEMBERED = 10;

export interface Undoing {
  recent: readonly Recent[];
  busy: boolean;
  remember: (entry: Recent) => void;
  /** Takes the newest decision back, or the one on the named item. */
  undoLast: (reviewId?: string) => void;
}

interface UndoInput {
  onReturned: (reviewId: string) => void;
  drop: (reviewId: string) => void;
  outcomeOf: (reviewId: string) => Promise<boolean>;
}

/** My last decisions, and taking them back. One at a time: a second press waits for nothing and does nothing. */
export function useUndo({ onReturned, drop, outcomeOf }: UndoInput): Undoing {
  const cache = useQueryClient();
  const [recent, setRecent] = useState<Recent[]>([]);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);

  const forget = (reviewId: string) => setRecent((old) => old.filter((entry) => entry.reviewId !== reviewId));
  const remember = (entry: Recent) =>
    setRecent((old) => [...old.filter((other) => other.reviewId !== entry.reviewId), entry].slice(-REMEMBERED));

  const takeBack = async (reviewId: string) => {
    const saved = await outcomeOf(reviewId);
    await undo(reviewId, uuid()).catch((cause) => {
      // What never reached the server has nothing to undo there: the item is simply open again.
      if (saved || asApiError(cause).code !== "nothing_to_undo") throw cause;
    });
    drop(reviewId);
    forget(reviewId);
    cache.removeQueries({ queryKey: queryKeys.review(reviewId) });
    await cache.invalidateQueries({ queryKey: ["queue"] });
    announce("Undone. The item is open again.");
    onReturned(reviewId);
  };

  const undoLast = (reviewId?: string) => {
    const entry = reviewId === undefined ? recent.at(-1) : recent.find((other) => other.reviewId === reviewId);
    const id = entry?.reviewId ?? reviewId;
    if (!id || running.current) return;
    running.current = true;
    setBusy(true);
    takeBack(id)
      .catch((cause) => {
        const error = asApiError(cause);
        // A refusal is final; without an answer the decision can still be undone.
        if (error.status === 409) forget(id);
        showToast({ tone: "bad", text: `Not undone: ${error.message}` });
      })
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  };
  return { recent, busy, remember, undoLast };
}
