import type { ReactNode } from "react";

/** What a tool printed. It scrolls by itself, and so can be reached by keyboard. */
export function Output({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className="output" tabIndex={0}>
      {children}
    </pre>
  );
}
