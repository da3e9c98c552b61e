import { stored } from "@/lib/stored";

const SHOWN = ["shown", "folded"] as const;
const queue = stored<(typeof SHOWN)[number]>("mge.review.queue", "shown", SHOWN);
const why = stored<(typeof SHOWN)[number]>("mge.review.why", "shown", SHOWN);

export interface Panes {
  queue: boolean;
  why: boolean;
  toggleQueue: () => void;
  toggleWhy: () => void;
}

/** Which side panes are open; kept for the next visit. */
export function usePanes(): Panes {
  const [queueState, setQueue] = queue.use();
  const [whyState, setWhy] = why.use();
  const other = (state: string) => (state === "shown" ? "folded" : "shown");
  return {
    queue: queueState === "shown",
    why: whyState === "shown",
    toggleQueue: () => setQueue(other(queueState)),
    toggleWhy: () => setWhy(other(whyState)),
  };
}
