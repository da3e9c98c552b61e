import { Link } from "@tanstack/react-router";
import { urls } from "@/api/urls";
import type { User } from "@/model/session";
import { Icon } from "@/ui/Icon";

const PLACES = [
  { to: "/review", label: "Review", icon: "review" },
  { to: "/masterplans", label: "Plans", icon: "plans" },
  { to: "/runs", label: "Runs", icon: "runs" },
  { to: "/graph", label: "Graph", icon: "graph" },
  { to: "/metrics", label: "Metrics", icon: "metrics" },
  { to: "/rollout", label: "Rollout", icon: "rollout" },
] as const;

export function Rail({ user }: { user: User | null }) {
  return (
    <nav className="rail" aria-label="Pages">
      <div className="brand">
        <span className="logo" aria-hidden="true" />
        <span className="rail-label">MGE</span>
      </div>
      <ul>
        {PLACES.map(({ to, label, icon }) => (
          <li key={to}>
            <Link to={to} className="rail-link" activeProps={{ className: "rail-link active" }}>
              <Icon name={icon} size={18} />
              <span className="rail-label">{label}</span>
            </Link>
          </li>
        ))}
        <li className="rail-last">
          <Link to="/settings" className="rail-link" activeProps={{ className: "rail-link active" }}>
            <Icon name="settings" size={18} />
            <span className="rail-label">Settings</span>
          </Link>
        </li>
        {user?.isStaff && (
          <li>
            <a href={urls.admin} className="rail-link">
              <Icon name="admin" size={18} />
              <span className="rail-label">Admin</span>
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}
