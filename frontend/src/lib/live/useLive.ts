import { useEffect, useRef } from "react";
import { connect, type Subscription } from "./connection";

interface LiveOptions extends Omit<Subscription, "path"> {
  /** Null while there is nothing to listen to, for instance before the snapshot came. */
  path: string | null;
}

/** Keeps a live connection while the component lives; handlers may change without reconnecting. */
export function useLive({ path, asOfId, onFrames, onResync }: LiveOptions): void {
  const latest = useRef({ onFrames, onResync, asOfId });
  useEffect(() => {
    latest.current = { onFrames, onResync, asOfId };
  });
  useEffect(() => {
    if (path === null) return;
    return connect({
      path,
      asOfId: latest.current.asOfId,
      onFrames: (frames) => latest.current.onFrames(frames),
      onResync: () => latest.current.onResync(),
    });
  }, [path]);
}
