import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/**
 * Another item begins at its top, in the pane and in its code. Focus that was inside the item before goes to the name of
 * the new one, for what held it may be gone; focus elsewhere is left alone.
 */
export function useNewItem(id: string | undefined): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    // An element that is taken away tells nobody that it loses the focus: its place is what was last heard of.
    const note = ({ target }: Event) => {
      inside.current = target instanceof Node && (section.current?.contains(target) ?? false);
    };
    document.addEventListener("focusin", note);
    document.addEventListener("pointerdown", note);
    return () => {
      document.removeEventListener("focusin", note);
      document.removeEventListener("pointerdown", note);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item is what begins anew
  useLayoutEffect(() => {
    const box = section.current;
    if (!box) return;
    for (const scrolled of [box, ...box.querySelectorAll(".code-scroll")]) scrolled.scrollTop = 0;
    const held = document.activeElement;
    const free = held === null || held === document.body || box.contains(held);
    if (inside.current && free) box.querySelector<HTMLElement>("#item-name")?.focus({ preventScroll: true });
  }, [id]);
  return section;
}
