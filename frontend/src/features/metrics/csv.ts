export type Cell = string | number | null;

/** RFC 4180; a cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function toCsv(head: string[], rows: Cell[][]): string {
  return [head, ...rows].map((row) => row.map(quote).join(",")).join("\r\n");
}

function quote(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
