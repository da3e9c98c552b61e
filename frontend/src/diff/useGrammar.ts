import { useEffect, useState } from "react";
import { loadGrammar } from "./highlight";

/** Rises when a grammar arrives, so that what is on screen is highlighted again. */
export function useGrammar(language: string): number {
  const [ready, setReady] = useState(0);
  useEffect(() => {
    let alive = true;
    void loadGrammar(language).then((loaded) => {
      if (alive && loaded) setReady((count) => count + 1);
    });
    return () => {
      alive = false;
    };
  }, [language]);
  return ready;
}
