import { type Flag, ROUTING } from "@/model/rollout";
import { hasRole, type User } from "@/model/session";
import { Icon } from "@/ui/Icon";
import { Card, Page } from "@/ui/Page";
import { ErrorState, Skeleton } from "@/ui/states";
import { useFlags } from "./api/getFlags";
import { useRollout } from "./api/getRollout";
import { Bugs } from "./Bugs";
import { Guards } from "./Guards";
import { History } from "./History";
import { KillSwitch } from "./KillSwitch";
import { Percentage } from "./Percentage";
import { Phases } from "./Phases";
import { Probe } from "./Probe";
import { Stages } from "./Stages";
import { UserLists } from "./UserLists";
import { useRolloutLive } from "./useRolloutLive";

/** Who gets V2: where the rollout stands, what its guards say, and every way to change it. */
export function RolloutPage({ user }: { user: User | null }) {
  const rollout = useRollout();
  const flags = useFlags();
  useRolloutLive();
  const failed = rollout.error ?? flags.error;
  if (!rollout.data || !flags.data) {
    const retry = () => void Promise.all([rollout.refetch(), flags.refetch()]);
    return (
      <Page title="Rollout">{failed ? <ErrorState error={failed} onRetry={retry} /> : <Skeleton rows={8} />}</Page>
    );
  }
  const state = rollout.data;
  const routing = flags.data.find((flag) => flag.name === ROUTING);
  if (!routing) return null;
  const mayChange = hasRole(user, "admin");
  return (
    <Page title="Rollout">
      <p className={`effective ${state.killed ? "bad" : ""}`}>
        <Icon name={state.killed ? "stop" : "rollout"} size={20} /> <strong>{state.sentence}</strong>
      </p>
      <Pins flag={routing} />
      {!mayChange && (
        <p className="note">
          <Icon name="lock" /> You can look. Changing the rollout needs the role admin.
        </p>
      )}
      <Card title="Stages">
        <Stages state={state} mayChange={mayChange} />
        <Guards state={state} />
      </Card>
      <Bugs bugs={state.bugs} mayChange={mayChange} />
      <div className="columns">
        <div className="stack">
          {mayChange && <Percentage key={routing.version} flag={routing} />}
          <UserLists key={`lists ${routing.version}`} flag={routing} mayChange={mayChange} />
          <Probe />
        </div>
        <div className="stack">
          <Phases flags={flags.data} mayChange={mayChange} />
          {mayChange && <KillSwitch state={state} />}
        </div>
      </div>
      <History />
    </Page>
  );
}

function Pins({ flag }: { flag: Flag }) {
  const pinned = Object.entries(flag.pinned);
  if (pinned.length === 0) return null;
  return (
    <p className="note warn">
      <Icon name="lock" />
      <span>
        Held by the environment, so not changeable here:{" "}
        {pinned.map(([field, variable]) => (
          <span key={field}>
            {field} (<code>{variable}</code>){" "}
          </span>
        ))}
      </span>
    </p>
  );
}
