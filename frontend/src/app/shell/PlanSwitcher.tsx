import { useLocation, useNavigate } from "@tanstack/react-router";
import { usePlanNames } from "@/parts/api/getPlanNames";
import { placeOf } from "./planInView";

/** Shows one plan or all of them. The address says which; there is no other memory of it. */
export function PlanSwitcher({ plan }: { plan: string | undefined }) {
  const plans = usePlanNames();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  if (plans.length === 0) return null;
  const older = plan !== undefined && !plans.some(({ id }) => id === plan);
  return (
    <select
      className="plan-switcher"
      aria-label="Plan in view"
      title="Show one plan, or all of them"
      value={plan ?? ""}
      onChange={(event) => void navigate(placeOf(pathname, event.target.value || undefined))}
    >
      <option value="">All plans</option>
      {older && <option value={plan}>{`Older plan ${plan.slice(0, 8)}`}</option>}
      {plans.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
