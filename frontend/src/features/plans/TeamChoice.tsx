import { announce } from "@/lib/announce";
import type { MasterplanDetail } from "@/model/masterplan";
import { ErrorNote } from "@/ui/ErrorNote";
import { useShareMasterplan } from "./api/shareMasterplan";

/** Which team sees the plan beside its owner; shown to whoever may say so and has a team to choose. */
export function TeamChoice({ plan }: { plan: MasterplanDetail }) {
  const share = useShareMasterplan(plan.id);
  const choices = plan.teamChoices;
  if (choices === null || (choices.length === 0 && plan.team === null)) return null;
  const teams = plan.team === null || choices.includes(plan.team) ? choices : [plan.team, ...choices];
  const choose = (team: string | null) =>
    share.mutate(team, {
      onSuccess: () => announce(team === null ? "Shared with nobody" : `Shared with team ${team}`),
    });
  return (
    <>
      <label className="inline-field">
        Shared with
        <select
          value={plan.team ?? ""}
          disabled={share.isPending}
          onChange={(event) => choose(event.target.value || null)}
        >
          <option value="">nobody</option>
          {teams.map((team) => (
            <option key={team} value={team}>{`team ${team}`}</option>
          ))}
        </select>
      </label>
      {share.isError && <ErrorNote title="The plan is shared as before" error={share.error} />}
    </>
  );
}
