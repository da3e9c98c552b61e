import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import type { ReviewDetail } from "@/model/review";
import type { Check } from "@/model/validation";
import { checkEdit, checksOf, type EditImpact, touchesOthers } from "./api/checkEdit";
import { type Decision, decide } from "./api/decide";
import { forgetDraft } from "./drafts";

interface EditInput {
  detail: ReviewDetail;
  compose: (extra: Partial<Decision>) => Decision | null;
  onSaved: (reviewId: string) => void;
}

interface EditState {
  busy: "save" | "check" | null;
  /** The code that the findings are about. */
  checked: string | null;
  checks: Check[] | null;
  passed: boolean;
  /** A check failed: the edit may be saved with a reason. */
  failed: boolean;
  impact: EditImpact | null;
  error: ApiError | null;
}

const FRESH: EditState = {
  busy: null,
  checked: null,
  checks: null,
  passed: false,
  failed: false,
  impact: null,
  error: null,
};

/** Whether the result of a check lets an edit be saved without another look at it. */
const harmless = ({ failed, impact, error }: EditState): boolean =>
  !failed && !error && (impact === null || !touchesOthers(impact));

/**
 * Saving an edit is the one decision that is waited for. It is checked first: what fails, and what a changed contract
 * opens again and costs, is shown before anything is saved; saving the same code again then means it.
 */
export function useEdit({ detail, compose, onSaved }: EditInput) {
  const cache = useQueryClient();
  const [state, setState] = useState<EditState>(FRESH);

  const refused = (code: string, cause: unknown): EditState => {
    const error = asApiError(cause);
    const checks = checksOf(error.data);
    const overridable = error.status === 422;
    return {
      ...FRESH,
      checked: overridable ? code : null,
      failed: overridable,
      checks: checks.length > 0 ? checks : null,
      error: checks.length > 0 ? null : error,
    };
  };

  const judge = async (code: string): Promise<EditState> => {
    try {
      const answer = await checkEdit(detail.id, code);
      const failed = answer.checks.some((row) => row.status === "failed");
      return { ...FRESH, ...answer, checked: code, failed };
    } catch (cause) {
      return refused(code, cause);
    }
  };

  const store = async (code: string, overrideReason: string, decision: Decision) => {
    try {
      await decide({ ...decision, code, overrideReason });
      forgetDraft(detail.id);
      void cache.invalidateQueries({ queryKey: ["queue"] });
      void cache.invalidateQueries({ queryKey: queryKeys.review(detail.id), refetchType: "none" });
      onSaved(detail.id);
    } catch (cause) {
      setState(refused(code, cause));
    }
  };

  const save = async (code: string, overrideReason: string) => {
    if (state.busy) return;
    const decision = compose({});
    if (!decision) return;
    let judged = state;
    if (state.checked !== code) {
      setState({ ...state, busy: "save", error: null });
      judged = await judge(code);
      if (!harmless(judged)) return setState(judged);
    }
    if (judged.failed && overrideReason.trim() === "") return;
    setState({ ...judged, busy: "save", error: null });
    await store(code, overrideReason, decision);
  };

  const check = async (code: string) => {
    if (state.busy) return;
    setState({ ...state, busy: "check", error: null });
    setState(await judge(code));
  };
  return {
    ...state,
    save: (code: string, reason: string) => void save(code, reason),
    check: (code: string) => void check(code),
  };
}
