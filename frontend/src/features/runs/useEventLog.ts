import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { LiveFrame } from "@/model/frame";
import { getOlderEvents, OLDER_PAGE } from "./api/getOlderEvents";

export const LOG_LENGTH = 2000;

/** What the log shows, the newest first: what came, then what was asked for. Held, nothing new enters it. */
export function useEventLog(runId: string, asOfId: number, frames: LiveFrame[]) {
  const [held, setHeld] = useState<LiveFrame[] | null>(null);
  const [older, setOlder] = useState<LiveFrame[]>([]);
  const [complete, setComplete] = useState(false);
  const live = held ?? frames;
  // A live log forgets its oldest: then what was loaded would end before it begins, and may be asked for again.
  const before = live.length < LOG_LENGTH ? older : [];
  const first = before[0]?.id ?? live.find((frame) => frame.id !== null)?.id ?? asOfId + 1;
  const load = useMutation({
    mutationFn: () => getOlderEvents(runId, first),
    onSuccess: (page) => {
      setOlder([...page, ...before]);
      if (page.length < OLDER_PAGE) setComplete(true);
    },
  });
  const shown = [...before, ...live].reverse();
  return {
    shown,
    held: held !== null,
    complete: complete && before.length > 0,
    load,
    toggle: () => setHeld(held ? null : frames),
  };
}
