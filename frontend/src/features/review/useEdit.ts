import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import type { ReviewDetail } from "@/model/review";
import type { Check } from "@/model/validation";
import { checkEdit, checksOf } from "./api/checkEdit";
import { type Decision, decide } from "./api/decide";
import { forgetDraft } from "./drafts";

interface EditInput {
  detail: ReviewDetail;
  compose: (extra: Partial<Decision>) => Decision | null;
  onSaved: (reviewId: string) => void;
}

interface EditState {
  busy: "save" | "check" | null;
  checks: Check[] | null;
  passed: boolean;
  /** The server refused the edit for its checks: it may be saved with a reason. */
  failed: boolean;
  error: ApiError | null;
}

const FRESH: EditState = { busy: null, checks: null, passed: false, failed: false, error: null };

/** Saving an edit is the one decision that is waited for: its validation may send the reviewer back to the code. */
export function useEdit({ detail, compose, onSaved }: EditInput) {
  const cache = useQueryClient();
  const [state, setState] = useState<EditState>(FRESH);

  const refused = (cause: unknown) => {
    const error = asApiError(cause);
    const checks = checksOf(error.data);
    const overridable = error.status === 422;
    setState({
      ...FRESH,
      failed: overridable,
      checks: checks.length > 0 ? checks : null,
      error: checks.length > 0 ? null : error,
    });
  };

  const save = async (code: string, overrideReason: string) => {
    if (state.busy) return;
    const decision = compose({ code, overrideReason });
    if (!decision) return;
    setState({ ...state, busy: "save", error: null });
    try {
      await decide(decision);
      forgetDraft(detail.id);
      void cache.invalidateQueries({ queryKey: ["queue"] });
      void cache.invalidateQueries({ queryKey: queryKeys.review(detail.id), refetchType: "none" });
      onSaved(detail.id);
    } catch (cause) {
      refused(cause);
    }
  };

  const check = async (code: string) => {
    if (state.busy) return;
    setState({ ...state, busy: "check", error: null });
    try {
      const answer = await checkEdit(detail.id, detail.version, code);
      setState({ ...FRESH, ...answer });
    } catch (cause) {
      refused(cause);
    }
  };
  return {
    ...state,
    save: (code: string, reason: string) => void save(code, reason),
    check: (code: string) => void check(code),
  };
}
