import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { MetricsPage } from "@/features/metrics/MetricsPage";

const metricsApi = getRouteApi("/shell/metrics");

export function MetricsRoute() {
  const { range } = metricsApi.useSearch();
  const navigate = useNavigate();
  return (
    <MetricsPage
      range={range ?? "30d"}
      onRange={(next) => void navigate({ to: "/metrics", search: { range: next } })}
    />
  );
}
