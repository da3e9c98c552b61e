import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";
import { useEvaluation } from "./api/getEvaluation";

const MODES: Record<string, string> = { mvp: "the MVP", v2_atoms: "V2", hybrid: "HYBRID" };

/** Which mode does this user get, and why. */
export function Probe() {
  const [text, setText] = useState("");
  const [user, setUser] = useState("");
  const answer = useEvaluation(user);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUser(text.trim());
  };
  return (
    <Card title="Which mode does a user get?">
      <form className="form" onSubmit={submit}>
        <div className="ask">
          <label className="field">
            User name or key
            <input value={text} autoComplete="off" onChange={(event) => setText(event.target.value)} />
          </label>
          <Button type="submit" disabled={!text.trim()} busy={answer.isFetching}>
            Ask
          </Button>
        </div>
        <div aria-live="polite">
          {answer.isError && user && <ErrorNote error={answer.error} title="No answer" />}
          {answer.data && user && (
            <p>
              <strong>
                <Visible text={answer.data.username} />
              </strong>{" "}
              gets <strong>{MODES[answer.data.mode] ?? answer.data.mode}</strong>: {answer.data.why}.{" "}
              <span className="muted">Bucket {answer.data.bucket} of 0 to 99, the same for ever.</span>
            </p>
          )}
        </div>
      </form>
    </Card>
  );
}
