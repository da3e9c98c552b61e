import { getRouteApi, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback } from "react";
import { AtomPage } from "@/features/atoms/AtomPage";
import { PlanPage } from "@/features/plans/PlanPage";
import { PlansPage } from "@/features/plans/PlansPage";
import { ReviewPage } from "@/features/review/ReviewPage";
import type { ReviewSearch } from "@/features/review/search";
import { RunPage } from "@/features/runs/RunPage";
import { RunsPage } from "@/features/runs/RunsPage";
import type { AtomSearch } from "@/features/runs/search";
import { useSession } from "@/features/session/api/getSession";
import { LoginPage } from "@/features/session/LoginPage";

/** Where addresses meet pages: parameters in, navigation out. Features know neither routes nor each other. */
const loginApi = getRouteApi("/login");
const plansApi = getRouteApi("/shell/masterplans");
const planApi = getRouteApi("/shell/masterplans/$planId");
const runsApi = getRouteApi("/shell/runs");
const runApi = getRouteApi("/shell/runs/$runId");
const reviewApi = getRouteApi("/shell/review");
const atomApi = getRouteApi("/shell/atoms/$atomId");

const useUser = () => useSession().data ?? null;

/** Only a path of this site: the address bar must not send a visitor elsewhere after sign-in. */
const safeNext = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : "/review");

export function LoginRoute() {
  const { next } = loginApi.useSearch();
  const navigate = useNavigate();
  return <LoginPage onSignedIn={() => void navigate({ to: safeNext(next), replace: true })} />;
}

export function PlansRoute() {
  const { q } = plansApi.useSearch();
  const navigate = useNavigate();
  return (
    <PlansPage
      user={useUser()}
      q={q ?? ""}
      onFind={(words) => void navigate({ to: "/masterplans", search: { q: words || undefined }, replace: true })}
      onOpen={(planId) => void navigate({ to: "/masterplans/$planId", params: { planId } })}
    />
  );
}

export function PlanRoute() {
  const { planId } = planApi.useParams();
  const navigate = useNavigate();
  const onStarted = (runId: string) => void navigate({ to: "/runs/$runId", params: { runId } });
  return <PlanPage key={planId} planId={planId} user={useUser()} onStarted={onStarted} />;
}

export function RunsRoute() {
  const { status, masterplan } = runsApi.useSearch();
  const navigate = useNavigate();
  const onStatus = (value: string) =>
    void navigate({ to: "/runs", search: { masterplan, status: value || undefined } });
  return <RunsPage status={status ?? ""} plan={masterplan} onStatus={onStatus} />;
}

export function RunRoute() {
  const { runId } = runApi.useParams();
  const search = runApi.useSearch();
  const navigate = useNavigate();
  const onSearch = (next: AtomSearch) =>
    void navigate({ to: "/runs/$runId", params: { runId }, search: next, replace: true, resetScroll: false });
  return <RunPage key={runId} runId={runId} user={useUser()} search={search} onSearch={onSearch} />;
}

export function ReviewRoute() {
  const search = reviewApi.useSearch();
  const { reviewId } = useParams({ strict: false });
  const navigate = useNavigate();
  const onSelect = useCallback(
    (id: string | null, replace = false) => {
      if (id === null) void navigate({ to: "/review", search: true, replace });
      else void navigate({ to: "/review/$reviewId", params: { reviewId: id }, search: true, replace });
    },
    [navigate],
  );
  return (
    <ReviewPage
      user={useUser()}
      reviewId={reviewId ?? null}
      search={search}
      onSearch={(next: ReviewSearch) => void navigate({ to: "/review", search: next })}
      onSelect={onSelect}
      onOpenAtom={(atomId, run) => void navigate({ to: "/atoms/$atomId", params: { atomId }, search: { run } })}
    />
  );
}

export function AtomRoute() {
  const { atomId } = atomApi.useParams();
  const { run } = atomApi.useSearch();
  return <AtomPage key={atomId} atomId={atomId} run={run} />;
}
