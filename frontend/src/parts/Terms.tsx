import { score, words } from "@/lib/format";
import type { Term } from "@/model/atom";
import { Visible } from "@/ui/Visible";

const toneOf = (value: number | null): string =>
  value === null ? "muted" : value >= 0.8 ? "good" : value >= 0.5 ? "warn" : "bad";

/** The terms of the confidence as bars: width of the track is the weight, the fill is the value. */
export function Terms({ terms }: { terms: Term[] }) {
  const heaviest = Math.max(...terms.map((term) => term.weight), 0.01);
  return (
    <ul className="terms">
      {terms.map((term) => (
        <li key={term.name}>
          <div className="term-head">
            <span>
              <Visible text={words(term.name)} />
            </span>
            <span className="muted small">weight {Math.round(term.weight * 100)} %</span>
            <strong>{score(term.value)}</strong>
          </div>
          <div className="term-track" style={{ width: `${(term.weight / heaviest) * 100}%` }} aria-hidden="true">
            <span className={`fill ${toneOf(term.value)}`} style={{ width: `${(term.value ?? 0) * 100}%` }} />
          </div>
          {term.evidence.length > 0 && (
            <p className="muted small">
              <Visible text={term.evidence.join(" · ")} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
