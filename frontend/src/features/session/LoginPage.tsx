import { type FormEvent, useState } from "react";
import { asApiError } from "@/api/errors";
import { Button } from "@/ui/Button";
import { useTitle } from "@/ui/Page";
import { Visible } from "@/ui/Visible";
import { useSession } from "./api/getSession";
import { useSignIn } from "./api/signIn";

/** The session answer sets the CSRF cookie that signing in needs, so the form waits for it. */
export function LoginPage({ onSignedIn }: { onSignedIn: () => void }) {
  useTitle("Sign in");
  const session = useSession();
  const signIn = useSignIn();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ username, password }, { onSuccess: onSignedIn });
  };
  const error = signIn.error ?? session.error;
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit} data-ready={session.isSuccess}>
        <div className="brand">
          <span className="logo" aria-hidden="true" />
          <h1>MGE console</h1>
        </div>
        <p className="muted">Sign in to import plans, follow runs and review code.</p>
        <label className="field">
          User name
          <input
            name="username"
            autoComplete="username"
            required
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </label>
        <label className="field">
          Password
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {error && (
          <p className="field-error" role="alert">
            <Visible text={asApiError(error).message} />
          </p>
        )}
        <Button type="submit" tone="primary" busy={signIn.isPending}>
          {signIn.isPending ? "Signing in" : "Sign in"}
        </Button>
      </form>
    </main>
  );
}
