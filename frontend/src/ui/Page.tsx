import { type ReactNode, useEffect } from "react";
import { visibleText } from "@/lib/text/visible";
import { Visible } from "./Visible";

interface PageProps {
  title: string;
  /** What stands before the title, for instance a way back. */
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page with a heading of its own; the review page has its own frame. */
export function Page({ title, lead, actions, children }: PageProps) {
  useTitle(title);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          {lead}
          <h1>
            <Visible text={title} />
          </h1>
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${visibleText(title)} · MGE`;
  }, [title]);
}

export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card">
      <header className="card-head">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Stat({ label, value, hint }: { label: string; value: ReactNode; hint?: ReactNode }) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd>
        <span className={typeof value === "string" && value.length > 14 ? "stat-value words" : "stat-value"}>
          {typeof value === "string" ? <Visible text={value} /> : value}
        </span>
        {hint && <span className="stat-hint">{hint}</span>}
      </dd>
    </div>
  );
}
