import type { Suggestion } from "@/model/review";
import { Button } from "@/ui/Button";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

interface SuggestionsProps {
  rows: Suggestion[];
  preview: number | null;
  onPreview: (index: number | null) => void;
  onTake: (code: string) => void;
}

/** Fixes from the tools or the model. One with code can be looked at in the centre and taken into an edit. */
export function Suggestions({ rows, preview, onPreview, onTake }: SuggestionsProps) {
  if (rows.length === 0) return null;
  return (
    <section>
      <header className="why-head">
        <h2>Suggestions</h2>
      </header>
      <ol className="suggestions">
        {rows.map((row, index) => (
          <li key={`${row.source}${row.title}`} className={preview === index ? "shown" : undefined}>
            <strong>
              <Visible text={row.title} />
            </strong>
            <p className="small">
              <Visible text={row.detail} />
            </p>
            <p className="suggestion-foot">
              <span className="muted small">
                from <Visible text={row.source} />
              </span>
              <Tag tone={row.verified ? "good" : "muted"}>{row.verified ? "verified" : "not verified"}</Tag>
            </p>
            {row.code !== null && (
              <p className="suggestion-foot">
                <Button onClick={() => onPreview(preview === index ? null : index)} aria-pressed={preview === index}>
                  {preview === index ? "Hide" : "Preview"}
                </Button>
                <Button onClick={() => onTake(row.code ?? "")}>Take into edit</Button>
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
