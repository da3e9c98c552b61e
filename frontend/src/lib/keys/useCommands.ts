import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { CommandId } from "./commands";
import { activeCommands, handleKey, register, subscribeCommands } from "./registry";

export type CommandHandlers = { [id in CommandId]?: (() => void) | undefined };

/**
 * Registers handlers while the component lives. What is left out or undefined is not active. Before the paint: a key
 * pressed as soon as its button looks enabled would else be lost on a busy machine, for input goes before effects.
 */
export function useCommands(map: CommandHandlers): void {
  const latest = useRef(map);
  useLayoutEffect(() => {
    latest.current = map;
  });
  const ids = (Object.keys(map) as CommandId[]).filter((id) => map[id]).join(",");
  useLayoutEffect(() => {
    const list = ids === "" ? [] : (ids.split(",") as CommandId[]);
    const undo = list.map((id) => register(id, () => latest.current[id]?.()));
    return () => {
      for (const remove of undo) remove();
    };
  }, [ids]);
}

export const useActiveCommands = (): CommandId[] => useSyncExternalStore(subscribeCommands, activeCommands);

/** Listens on the window; mounted once, by the shell. */
export function useKeyboard(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handleKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
