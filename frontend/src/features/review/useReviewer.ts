import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { announce } from "@/lib/announce";
import { score } from "@/lib/format";
import { autoAdvance } from "@/lib/preferences";
import { visibleText } from "@/lib/text/visible";
import { uuid } from "@/lib/uuid";
import { isOpen, type ReviewDetail, type ReviewRow } from "@/model/review";
import { useActiveTime } from "./activeTime";
import type { Decision, DecisionKind } from "./api/decide";
import { reviewQuery } from "./api/getReview";
import { skip } from "./api/skip";
import { isMine } from "./decided";
import { following, neighbour, visibleRows } from "./decisions";
import { mayDecide, usePainted } from "./painted";
import { useClaim } from "./useClaim";
import { useDecisions } from "./useDecisions";
import { useExpiry } from "./useExpiry";
import { useNewer } from "./useNewer";
import { useUndo } from "./useUndo";

export interface Blocked {
  reason: "none" | "loading" | "role" | "claimed" | "closed" | "changed" | "sending" | "offline";
}

interface ReviewerInput {
  rows: ReviewRow[];
  selectedId: string | null;
  /** The item on screen, null while it is a placeholder. */
  detail: ReviewDetail | null;
  me: string;
  canReview: boolean;
  online: boolean;
  onSelect: (id: string | null) => void;
}

const PREFETCH_STEPS = [1, 2, 3, -1];

const heldByOther = (row: ReviewRow, me: string): boolean =>
  row.assignedTo !== null && row.assignedTo !== me && Date.parse(row.claimedUntil ?? "") > Date.now();

export function blockedBecause({
  detail,
  rows,
  me,
  canReview,
  online,
}: Omit<ReviewerInput, "onSelect" | "selectedId">): Blocked {
  if (!detail) return { reason: "loading" };
  if (!canReview) return { reason: "role" };
  if (!isOpen(detail)) return { reason: "closed" };
  if (heldByOther(detail, me)) return { reason: "claimed" };
  if (!online) return { reason: "offline" };
  return newestOf(detail, rows) > detail.version ? { reason: "changed" } : { reason: "none" };
}

/** The newest version of an item that anything told of. */
const newestOf = (detail: ReviewDetail, rows: readonly ReviewRow[]): number =>
  Math.max(detail.version, detail.heard ?? 0, rows.find((row) => row.id === detail.id)?.version ?? 0);

/** The reviewer's loop: what is selected, what may be decided, and what comes next. */
export function useReviewer(input: ReviewerInput) {
  const { rows, selectedId, detail, onSelect } = input;
  const cache = useQueryClient();
  const { unsents, decided, send, drop, outcomeOf } = useDecisions(onSelect);
  const undoing = useUndo({ onReturned: onSelect, drop, outcomeOf });
  useExpiry(detail?.claimedUntil ?? null);
  const shown = visibleRows(rows, unsents);
  const inFlight = selectedId !== null && unsents[selectedId]?.state === "sending";
  const [claimed, setClaimed] = useState<ReviewRow | null>(null);
  // An item opened by its address may be in no list: then its claim is what tells of a newer version.
  const known = claimed && !rows.some((row) => row.id === claimed.id) ? [...rows, claimed] : rows;
  const blocked: Blocked = inFlight ? { reason: "sending" } : blockedBecause({ ...input, rows: known });
  const painted = usePainted(detail);
  const claimable = detail && ["none", "changed"].includes(blocked.reason) ? detail : null;
  const claims = useClaim(claimable, decided, setClaimed);
  const activeMs = useActiveTime(selectedId);

  const around = PREFETCH_STEPS.map(
    (step) => shown[shown.findIndex((row) => row.id === selectedId) + step]?.id ?? "",
  ).join(",");
  useEffect(() => {
    for (const id of around.split(",")) if (id) void cache.prefetchQuery(reviewQuery(id));
  }, [around, cache]);

  const advance = (word: string, from: string, always = false) => {
    const nextId = following(shown, from);
    const next = shown.find((row) => row.id === nextId);
    const left = `${Math.max(0, shown.length - 1)} left`;
    announce(
      next
        ? `${word}. Next: ${visibleText(next.symbol)}, confidence ${score(next.confidence)}, ${left}`
        : `${word}. ${left}`,
    );
    if (always || autoAdvance.get() === "on") onSelect(nextId);
  };

  const remember = (reviewId: string, word: string) => {
    const row = rows.find((other) => other.id === reviewId) ?? detail;
    undoing.remember({ reviewId, text: `${word} ${row?.symbol || row?.path || ""}`.trim() });
  };

  /** A decision on what is painted, or null when none may be taken now. */
  const compose = (kind: DecisionKind, extra: Partial<Decision> = {}): Decision | null => {
    const seen = painted.current;
    if (blocked.reason !== "none" || !mayDecide(seen, selectedId, performance.now())) return null;
    const idempotencyKey = uuid();
    return { kind, reviewId: seen.reviewId, version: seen.version, activeMs: activeMs(), idempotencyKey, ...extra };
  };

  const act = (kind: DecisionKind, word: string, extra: Partial<Decision> = {}): boolean => {
    const decision = compose(kind, extra);
    if (!decision) return false;
    void send(decision, claims.inFlight.current);
    remember(decision.reviewId, word);
    advance(word, decision.reviewId);
    return true;
  };

  const skipItem = () => {
    const seen = painted.current;
    if (!mayDecide(seen, selectedId, performance.now())) return;
    skip(seen.reviewId).catch(() => undefined); // the order of my queue only: worth no alarm
    advance("Skipped", seen.reviewId, true);
  };

  const move = (step: 1 | -1) => {
    const id = neighbour(shown, selectedId, step);
    if (id) onSelect(id);
  };
  const lost = blocked.reason === "claimed" && detail !== null && claims.held.current.has(detail.id);
  const changedTo = blocked.reason === "changed" && detail ? newestOf(detail, known) : null;
  const newer = useNewer(detail, changedTo);
  const nextFree = () => {
    const at = shown.findIndex((row) => row.id === selectedId);
    const isFree = (row: ReviewRow) => row.id !== selectedId && isOpen(row) && !heldByOther(row, input.me);
    const free = [...shown.slice(at + 1), ...shown.slice(0, Math.max(0, at))].find(isFree);
    if (free) onSelect(free.id);
  };
  return {
    lost,
    mine: detail !== null && isMine(detail, input.me),
    newer,
    nextFree,
    shown,
    unsents,
    blocked,
    undoing,
    compose,
    act,
    skipItem,
    move,
    advance,
    remember,
    decided,
  };
}

export type Reviewer = ReturnType<typeof useReviewer>;
