import { score } from "@/lib/format";
import { commandTitle } from "@/lib/keys/bindings";
import type { ReviewDetail } from "@/model/review";
import { Terms } from "@/parts/Terms";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { Feedback } from "./Feedback";
import { Suggestions } from "./Suggestions";

interface WhyPaneProps {
  detail: ReviewDetail;
  preview: number | null;
  feedback: string;
  canTake: boolean;
  onPreview: (index: number | null) => void;
  onTake: (code: string) => void;
  onFeedback: (text: string) => void;
  onFold: () => void;
}

/** Why the item is here, and what could be done about it. */
export function WhyPane(props: WhyPaneProps) {
  const { detail, preview, canTake, onPreview, onTake } = props;
  return (
    <aside className="why" aria-label="Why this is here">
      <section>
        <header className="why-head">
          <h2>Why this is here</h2>
          <span className="why-score">
            <span className="sr-only">confidence </span>
            {score(detail.confidence)}
          </span>
          <Button
            tone="quiet"
            icon="chevron"
            aria-label="Fold the reasons"
            title={commandTitle("review.whyPane")}
            onClick={props.onFold}
          />
        </header>
        <ul className="reasons">
          {detail.reasons.map((reason, index) => (
            <li key={reason}>
              <Tag tone={index === 0 && detail.atomStatus === "failed" ? "bad" : "muted"}>
                <Visible text={reason} />
              </Tag>
            </li>
          ))}
        </ul>
        {detail.failingTests.length > 0 && (
          <ul className="failing">
            {detail.failingTests.slice(0, 5).map((test) => (
              <li key={test.id}>
                <Icon name="cross" size={13} />
                <span>
                  <code>
                    <Visible text={test.id} />
                  </code>
                  <span className="failing-message">
                    <Visible text={test.message} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {detail.terms.length > 0 ? (
          <Terms terms={detail.terms} />
        ) : (
          <p className="muted">The score has no terms yet.</p>
        )}
      </section>
      <Suggestions detail={detail} preview={preview} canTake={canTake} onPreview={onPreview} onTake={onTake} />
      <Feedback value={props.feedback} onChange={props.onFeedback} />
    </aside>
  );
}
