import { useCommands } from "./useCommands";

/** Opens what is folded on the page; where nothing is, folds all of it. */
function toggleDetails(): void {
  const all = [...document.querySelectorAll<HTMLDetailsElement>("main details")];
  const open = all.some((one) => !one.open);
  for (const one of all) one.open = open;
}

/** A key of pages that fold away what is only looked up. */
export function useDetailsKey(): void {
  useCommands({ "page.details": toggleDetails });
}
