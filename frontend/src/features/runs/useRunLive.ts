import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import { announce } from "@/lib/announce";
import { words } from "@/lib/format";
import { useLive } from "@/lib/live/useLive";
import type { LiveFrame } from "@/model/frame";
import type { RunDetail } from "@/model/run";
import type { RunAtoms } from "./api/getRunAtoms";
import { changesStructure, patchAtoms, patchRun } from "./live";
import { LOG_LENGTH } from "./useEventLog";

const REFETCH_GAP_MS = 2000;

/** Follows one run: patches the cache from the events and keeps the newest of them for the log. */
export function useRunLive(run: RunDetail | undefined): LiveFrame[] {
  const cache = useQueryClient();
  const [log, setLog] = useState<LiveFrame[]>([]);
  const refetchTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const runId = run?.id ?? "";

  const refetch = () => {
    refetchTimer.current ??= setTimeout(() => {
      refetchTimer.current = undefined;
      void cache.invalidateQueries({ queryKey: queryKeys.run(runId) });
      void cache.invalidateQueries({ queryKey: queryKeys.runAtoms(runId) });
      void cache.invalidateQueries({ queryKey: ["run-validations", runId] });
    }, REFETCH_GAP_MS);
  };
  useLive({
    path: run ? urls.runSocket(runId) : null,
    asOfId: run?.asOfId ?? null,
    onFrames: (frames) => {
      cache.setQueryData<RunDetail>(queryKeys.run(runId), (old) => old && patchRun(old, frames));
      cache.setQueryData<RunAtoms>(queryKeys.runAtoms(runId), (old) => old && patchAtoms(old, frames));
      setLog((old) => [...old, ...frames].slice(-LOG_LENGTH));
      const status = frames.findLast((frame) => frame.type === "run.status" || frame.type === "run.finished");
      if (typeof status?.data.status === "string") announce(`Run ${words(status.data.status)}`);
      if (changesStructure(frames)) refetch();
    },
    onResync: refetch,
  });
  return log;
}
