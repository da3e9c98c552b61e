/** Scrolls to the next or previous change of the diff in view, and marks it. */
export function stepChange(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".code-pane [data-change]")];
  if (rows.length === 0) return;
  const current = rows.findIndex((row) => row.classList.contains("current-change"));
  const next =
    current === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, current + step));
  for (const row of rows) row.classList.remove("current-change");
  rows[next]?.classList.add("current-change");
  rows[next]?.scrollIntoView({ block: "center" });
}
