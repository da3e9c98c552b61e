import type { WireEstimate } from "@/api/wire";

interface Span {
  low: number;
  high: number;
}

/** What a run may take. `usd` is null where a price is unknown, and `unpricedReason` says which. */
export interface Estimate {
  model: string | null;
  calls: Span;
  tokensIn: Span;
  tokensOut: Span;
  usd: Span | null;
  unpricedReason: string | null;
  assumptions: string[];
  budgetMayStopIt: boolean;
}

export const toEstimate = (wire: WireEstimate): Estimate => ({
  model: wire.model,
  calls: wire.calls,
  tokensIn: wire.tokens_in,
  tokensOut: wire.tokens_out,
  usd: wire.usd_low === null || wire.usd_high === null ? null : { low: wire.usd_low, high: wire.usd_high },
  unpricedReason: wire.unpriced_reason,
  assumptions: wire.assumptions,
  budgetMayStopIt: wire.budget_may_stop_it,
});
