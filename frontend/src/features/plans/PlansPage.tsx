import { useRef } from "react";
import { useCommands } from "@/lib/keys/useCommands";
import { hasRole, type User } from "@/model/session";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { Empty, ErrorState, Skeleton } from "@/ui/states";
import { useMasterplans } from "./api/getMasterplans";
import { NewPlan } from "./NewPlan";
import { PlanTable } from "./PlanTable";

interface PlansPageProps {
  user: User | null;
  q: string;
  onFind: (q: string) => void;
  onOpen: (planId: string) => void;
}

export function PlansPage({ user, q, onFind, onOpen }: PlansPageProps) {
  const find = useRef<HTMLInputElement>(null);
  useCommands({ "list.find": () => find.current?.focus() });
  const plans = useMasterplans({ q: q || undefined });
  const rows = plans.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Page title="Plans">
      {hasRole(user, "operator") && <NewPlan onMade={onOpen} />}
      <div className="toolbar">
        <label className="find">
          <span className="sr-only">Find a plan</span>
          <input
            ref={find}
            type="search"
            placeholder="Find a plan"
            defaultValue={q}
            onChange={(event) => onFind(event.target.value)}
          />
        </label>
      </div>
      {plans.isPending && <Skeleton label="Loading plans" />}
      {plans.isError && <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />}
      {plans.isSuccess && rows.length === 0 && (
        <Empty icon="plans" title={q ? "No plan matches" : "No plans yet"}>
          {q ? "Try another word." : "Import a plan file or a zip of a source tree, or write a brief, to begin."}
        </Empty>
      )}
      {rows.length > 0 && <PlanTable plans={rows} />}
      {plans.hasNextPage && (
        <Button onClick={() => void plans.fetchNextPage()} busy={plans.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </Page>
  );
}
