import { type ReactNode, useState } from "react";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Page";
import { type Cell, download, toCsv } from "./csv";

interface FigureProps {
  title: string;
  /** What the figures are made of, in a sentence. */
  note: string;
  head: string[];
  rows: Cell[][];
  /** Fewer observations than this make a picture that misleads: then only the number of them is told. */
  enough: number;
  n: number;
  children: ReactNode;
}

/** A chart that is also a table and a CSV file; the table holds the same figures. */
export function Figure({ title, note, head, rows, enough, n, children }: FigureProps) {
  const [table, setTable] = useState(false);
  const name = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.csv`;
  return (
    <Card
      title={title}
      aside={
        rows.length > 0 && (
          <div className="figure-ways">
            <Button onClick={() => setTable(!table)} aria-pressed={table}>
              {table ? "Show as chart" : "Show as table"}
            </Button>
            <Button icon="download" onClick={() => download(name, toCsv(head, rows))}>
              CSV
            </Button>
          </div>
        )
      }
    >
      <p className="muted">{note}</p>
      {n < enough ? (
        <p className="figure-none">Not enough data (n = {n}).</p>
      ) : table ? (
        <FigureTable head={head} rows={rows} title={title} />
      ) : (
        children
      )}
    </Card>
  );
}

const text = (cell: Cell) =>
  cell === null ? "–" : typeof cell === "number" ? cell.toLocaleString("en", { maximumFractionDigits: 4 }) : cell;

function FigureTable({ head, rows, title }: { head: string[]; rows: Cell[][]; title: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="figure-table" tabIndex={0} aria-label={`${title}, as a table`}>
      <table className="table">
        <thead>
          <tr>
            {head.map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join("\u0000")}>
              {row.map((cell, column) => (
                <td key={head[column]}>{text(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
