import type { ReviewDetail } from "@/model/review";

interface AttemptChipsProps {
  detail: ReviewDetail;
  current: number | null;
  onPick: (attempt: number | null) => void;
}

export function AttemptChips({ detail, current, onPick }: AttemptChipsProps) {
  if (detail.attempts.length < 2) return null;
  return (
    <fieldset className="attempt-chips" aria-label="Attempts">
      {detail.attempts.map((attempt) => (
        <button
          key={attempt.number}
          type="button"
          className="chip"
          aria-pressed={current === attempt.number}
          onClick={() => onPick(attempt.number)}
        >
          {attempt.number === 0 ? "draft" : attempt.number}
          <span className="sr-only">{attempt.success ? ", passed" : ", failed"}</span>
        </button>
      ))}
      <button type="button" className="chip" aria-pressed={current === null} onClick={() => onPick(null)}>
        proposal
      </button>
    </fieldset>
  );
}
