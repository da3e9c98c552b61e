import { useSyncExternalStore } from "react";

/** From this width on panes stand beside each other; the same number stands in the style sheets. */
const beside = () => window.matchMedia("(min-width: 760px)");

/** Whether panes stand beside each other now. */
export const isWide = (): boolean => beside().matches;

export const useWide = (): boolean =>
  useSyncExternalStore((listener) => {
    const query = beside();
    query.addEventListener("change", listener);
    return () => query.removeEventListener("change", listener);
  }, isWide);
