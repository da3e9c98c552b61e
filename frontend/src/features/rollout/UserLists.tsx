import { useState } from "react";
import type { Flag } from "@/model/rollout";
import { Card } from "@/ui/Page";
import { useChangeFlag } from "./api/changeFlag";
import { ReasonForm } from "./ReasonForm";
import { TagsInput } from "./TagsInput";

const same = (one: string[], other: string[]): boolean => [...one].sort().join("\n") === [...other].sort().join("\n");

/** Users who get V2, or the MVP, whatever the percentage says. The block list wins. */
export function UserLists({ flag, mayChange }: { flag: Flag; mayChange: boolean }) {
  const [allowed, setAllowed] = useState(flag.allowed);
  const [blocked, setBlocked] = useState(flag.blocked);
  const change = useChangeFlag();
  const pins = { allow: flag.pinned.whitelist, block: flag.pinned.blacklist };
  const unchanged = same(allowed, flag.allowed) && same(blocked, flag.blocked);
  const lists = (
    <>
      <TagsInput
        label="Always V2"
        values={allowed}
        onChange={mayChange && !pins.allow ? setAllowed : null}
        note={pins.allow}
      />
      <TagsInput
        label="Always MVP"
        values={blocked}
        onChange={mayChange && !pins.block ? setBlocked : null}
        note={pins.block}
      />
    </>
  );
  const submit = (reason: string) => {
    const fields = {
      ...(same(allowed, flag.allowed) ? {} : { whitelist: allowed }),
      ...(same(blocked, flag.blocked) ? {} : { blacklist: blocked }),
    };
    change.mutate({ flag, fields, reason });
  };
  return (
    <Card title="Named users">
      {mayChange ? (
        <ReasonForm
          label="Save the lists"
          disabled={unchanged}
          busy={change.isPending}
          error={change.error}
          onSubmit={submit}
        >
          {lists}
        </ReasonForm>
      ) : (
        lists
      )}
    </Card>
  );
}
