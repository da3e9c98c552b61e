import { money, plural } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";
import { type EditImpact, touchesOthers } from "./api/checkEdit";

/** What an edit sets off beyond its own atom, and for how much, before it is saved. */
export function Impact({ impact }: { impact: EditImpact }) {
  const { contractChanged, revalidate, reopen, cost, costReason } = impact;
  if (!touchesOthers(impact)) {
    return (
      <p className="muted small">
        {contractChanged
          ? "The contract changes, and no other atom relies on it."
          : `The contract stays as it is. ${plural(revalidate, "atom")} that may see the change will be checked again.`}
      </p>
    );
  }
  return (
    <section className="note warn" aria-label="What saving sets off">
      <Icon name="warn" />
      <div className="note-body">
        <strong>This changes what other atoms rely on.</strong>
        <p>
          Saving opens {plural(reopen, "atom")} again and checks {plural(revalidate, "atom")} again. Expected price:{" "}
          {cost === null ? "unknown" : money(cost)} (<Visible text={costReason} />
          ).
        </p>
      </div>
    </section>
  );
}
