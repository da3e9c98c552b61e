import { Navigate, useLocation } from "@tanstack/react-router";

/** Sends a visitor to sign in, and back to where they wanted to go. */
export function ToLogin() {
  const location = useLocation();
  return <Navigate to="/login" search={{ next: location.href }} replace />;
}
