import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireCalibration, WireMetrics } from "@/api/wire";
import { toCalibration, toMetrics } from "@/model/metrics";
import type { Period } from "../period";

const REFRESH_MS = 30_000;

/** Figures of the runs that ended in a period. Charts need no socket: they look again twice a minute. */
export function useMetrics(period: Period) {
  return useQuery({
    queryKey: queryKeys.metrics(period),
    queryFn: async ({ signal }) =>
      toMetrics(
        await request<WireMetrics>(urls.metrics, { query: { since: period.since, until: period.until }, signal }),
      ),
    refetchInterval: REFRESH_MS,
  });
}

export function useCalibration(period: Period) {
  return useQuery({
    queryKey: queryKeys.calibration(period),
    queryFn: async ({ signal }) => {
      const query = { since: period.since, until: period.until };
      return toCalibration(await request<WireCalibration>(urls.calibration, { query, signal }));
    },
    refetchInterval: REFRESH_MS,
  });
}
