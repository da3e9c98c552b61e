import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { parseGraphSearch } from "@/features/graph/search";
import { isRange, type Range } from "@/features/metrics/period";
import { parseReviewSearch } from "@/features/review/search";
import { parseAtomSearch } from "@/features/runs/search";
import { Empty } from "@/ui/states";
import { AtomRoute, LoginRoute, PlanRoute, PlansRoute, ReviewRoute, RunRoute, RunsRoute } from "./routes";
import { Shell } from "./shell/Shell";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (raw: Record<string, unknown>): { next?: string | undefined } => ({ next: text(raw.next) }),
  component: LoginRoute,
});
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/review", replace: true });
  },
});
const plans = createRoute({
  getParentRoute: () => shell,
  path: "/masterplans",
  validateSearch: (raw: Record<string, unknown>): { q?: string | undefined } => ({ q: text(raw.q) }),
  component: PlansRoute,
});
const plan = createRoute({ getParentRoute: () => shell, path: "/masterplans/$planId", component: PlanRoute });
const runs = createRoute({
  getParentRoute: () => shell,
  path: "/runs",
  validateSearch: (raw: Record<string, unknown>): { status?: string | undefined; masterplan?: string | undefined } => ({
    status: text(raw.status),
    masterplan: text(raw.masterplan),
  }),
  component: RunsRoute,
});
const run = createRoute({
  getParentRoute: () => shell,
  path: "/runs/$runId",
  validateSearch: parseAtomSearch,
  component: RunRoute,
});
// One layout route for the queue and the item: the page stays mounted while the item changes.
const review = createRoute({
  getParentRoute: () => shell,
  path: "/review",
  validateSearch: parseReviewSearch,
  component: ReviewRoute,
});
const reviewItem = createRoute({ getParentRoute: () => review, path: "$reviewId" });
const atom = createRoute({
  getParentRoute: () => shell,
  path: "/atoms/$atomId",
  validateSearch: (raw: Record<string, unknown>): { run?: string | undefined } => ({ run: text(raw.run) }),
  component: AtomRoute,
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsPage"),
});
const graphs = createRoute({
  getParentRoute: () => shell,
  path: "/graph",
  validateSearch: (raw: Record<string, unknown>): { plan?: string | undefined; run?: string | undefined } => ({
    plan: text(raw.plan),
    run: text(raw.run),
  }),
  component: lazyRouteComponent(() => import("./lazy/graphs"), "GraphsRoute"),
});
const graph = createRoute({
  getParentRoute: () => shell,
  path: "/graph/$graphId",
  validateSearch: parseGraphSearch,
  component: lazyRouteComponent(() => import("./lazy/graph"), "GraphRoute"),
});
const rollout = createRoute({
  getParentRoute: () => shell,
  path: "/rollout",
  component: lazyRouteComponent(() => import("./lazy/rollout"), "RolloutRoute"),
});
const comparison = createRoute({
  getParentRoute: () => shell,
  path: "/runs/$runId/comparison",
  component: lazyRouteComponent(() => import("./lazy/rollout"), "ComparisonRoute"),
});

const metrics = createRoute({
  getParentRoute: () => shell,
  path: "/metrics",
  validateSearch: (raw: Record<string, unknown>): { range?: Range | undefined } => ({
    range: isRange(raw.range) ? raw.range : undefined,
  }),
  component: lazyRouteComponent(() => import("./lazy/metrics"), "MetricsRoute"),
});

const tree = root.addChildren([
  home,
  login,
  shell.addChildren([
    plans,
    plan,
    runs,
    run,
    comparison,
    review.addChildren([reviewItem]),
    atom,
    graphs,
    graph,
    metrics,
    rollout,
    settings,
  ]),
]);

/** Not on the review page: its list follows the selection, and each item is a place of its own in the history. */
const restoresScroll = ({ location }: { location: { pathname: string } }): boolean =>
  !location.pathname.startsWith("/review");

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: restoresScroll });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <main className="page">
      <Empty icon="search" title="No such page">
        <Link to="/review">Go to the review queue</Link>
      </Empty>
    </main>
  );
}
