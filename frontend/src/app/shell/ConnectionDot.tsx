import { useEffect, useState } from "react";
import { freshnessLabel, useFreshness } from "@/lib/live/freshness";
import { useOnline } from "@/lib/online";

const TICK_MS = 1000;

/** Whether the page is live, and how long ago it last heard something. */
export function ConnectionDot() {
  const freshness = useFreshness();
  const online = useOnline();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const { tone, text } = freshnessLabel(freshness, now, online);
  if (text === "") return null;
  return (
    <span className={`dot ${tone}`} data-testid="freshness" title="Connection, and age of the last event">
      <span className="dot-mark" aria-hidden="true" />
      <span className="dot-text">{text}</span>
    </span>
  );
}
