import type { WireHealth, WireSession } from "@/api/wire";

export type Role = "reviewer" | "operator" | "admin";

export interface User {
  id: string;
  username: string;
  roles: string[];
  isStaff: boolean;
}

export interface Health {
  mode: string;
  v2Percentage: number;
  modelConfigured: boolean;
  modelName: string | null;
  version: string;
  degraded: boolean;
}

export function toUser(wire: WireSession): User | null {
  if (!wire.user) return null;
  const { id, username, roles, is_staff } = wire.user;
  return { id: String(id), username, roles: roles ?? [], isStaff: is_staff };
}

export function toHealth(wire: WireHealth): Health {
  return {
    mode: wire.execution_mode,
    v2Percentage: wire.v2_percentage,
    modelConfigured: wire.model?.configured ?? false,
    modelName: wire.model?.name ?? null,
    version: wire.version ?? "",
    degraded: wire.status !== "ok",
  };
}

/** An admin can do what every other role can. */
export function hasRole(user: User | null, role: Role): boolean {
  if (!user) return false;
  return user.roles.includes(role) || user.roles.includes("admin");
}
