import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** Sends a visitor to sign in, and back to where they wanted to go. */
export function ToLogin() {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    // Read once: the address changes under the redirect itself.
    const next = router.state.location.href;
    void navigate({ to: "/login", search: { next }, replace: true });
  }, [navigate, router]);
  return null;
}
