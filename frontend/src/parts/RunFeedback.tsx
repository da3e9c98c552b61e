import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import { score as number, plural } from "@/lib/format";
import { type Feedback, toFeedback } from "@/model/comparison";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { BugButton } from "./BugButton";

const SCORES = [1, 2, 3, 4, 5];

function useFeedback(runId: string) {
  return useQuery({
    queryKey: queryKeys.runFeedback(runId),
    queryFn: async ({ signal }) =>
      toFeedback(await request<Parameters<typeof toFeedback>[0]>(urls.runFeedback(runId), { signal })),
  });
}

/** How was this run? One to five and a word; it feeds the satisfaction that guards the rollout. */
export function RunFeedback({ runId, mayReport }: { runId: string; mayReport: boolean }) {
  const given = useFeedback(runId);
  if (!given.data) return null;
  const key = `${given.data.score} ${given.data.word}`;
  return <FeedbackForm key={key} runId={runId} given={given.data} mayReport={mayReport} />;
}

interface FeedbackFormProps {
  runId: string;
  given: Feedback;
  mayReport: boolean;
}

function FeedbackForm({ runId, given, mayReport }: FeedbackFormProps) {
  const cache = useQueryClient();
  const [score, setScore] = useState(given.score);
  const [word, setWord] = useState(given.word);
  const save = useMutation({
    mutationFn: () => request(urls.runFeedback(runId), { method: "PUT", json: { score, word } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.runFeedback(runId) }),
  });
  const unchanged = score === given.score && word === given.word;
  return (
    <Card
      title="How was this run?"
      aside={
        given.mean !== null && (
          <span className="muted">
            {number(given.mean)} of 5 by {plural(given.count, "person", "people")}
          </span>
        )
      }
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <fieldset className="scores">
          <legend className="sr-only">Score from 1, bad, to 5, very good</legend>
          {SCORES.map((value) => (
            <label key={value} className="check-field">
              <input
                type="radio"
                name="score"
                value={value}
                checked={score === value}
                onChange={() => setScore(value)}
              />
              {value}
            </label>
          ))}
        </fieldset>
        <label className="field">
          In a word
          <input value={word} maxLength={200} autoComplete="off" onChange={(event) => setWord(event.target.value)} />
        </label>
        {save.isError && <ErrorNote error={save.error} />}
        <div className="form-actions">
          <Button type="submit" busy={save.isPending} disabled={score === null || unchanged}>
            {given.score === null ? "Say it" : "Say it anew"}
          </Button>
        </div>
      </form>
      {mayReport && <BugButton runId={runId} />}
    </Card>
  );
}
