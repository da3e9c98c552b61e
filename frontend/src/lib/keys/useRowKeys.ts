import { useCommands } from "./useCommands";

/** Moves the focus through the first links of a page's rows; Enter then opens the row, as on any link. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("main a.row-link")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** The box of the row in which the focus is. */
export function toggleRow(): void {
  document.activeElement?.closest("tr")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
}

function openRow(): void {
  const row = document.activeElement;
  if (row instanceof HTMLAnchorElement && row.matches("main a.row-link")) row.click();
}

/** Keys of every page that is a list of rows. */
export function useRowKeys(): void {
  useCommands({ "rows.next": () => step(1), "rows.previous": () => step(-1), "rows.open": openRow });
}
