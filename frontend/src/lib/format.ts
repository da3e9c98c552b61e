/** Numbers and times as people read them. An unknown value is a dash, never a zero. */
export const DASH = "–";

export function money(usd: number | null): string {
  if (usd === null) return DASH;
  if (usd !== 0 && Math.abs(usd) < 0.01) return `$${usd.toFixed(4)}`;
  return `$${usd.toFixed(2)}`;
}

export function percent(share: number | null, digits = 0): string {
  if (share === null) return DASH;
  const text = (share * 100).toFixed(digits);
  return text === (100).toFixed(digits) && share < 1
    ? `${(Math.floor(share * 10000) / 100).toFixed(2)} %`
    : `${text} %`;
}

export const score = (value: number | null): string => (value === null ? DASH : value.toFixed(2));

export function duration(seconds: number | null): string {
  if (seconds === null) return DASH;
  const whole = Math.round(seconds);
  if (whole < 10) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function ago(iso: string | null, now: number = Date.now()): string {
  if (!iso) return DASH;
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 5) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

export function moment(iso: string | null): string {
  return iso ? new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : DASH;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

const MODES: Record<string, string> = { mvp: "MVP", v2_atoms: "V2", hybrid: "HYBRID" };
export const modeLabel = (mode: string): string => MODES[mode] ?? mode;

export const words = (name: string): string =>
  name.replaceAll("_", " ").replaceAll(/\b(ast|mvp)\b/g, (short) => short.toUpperCase());

export const sentence = (name: string): string => {
  const text = words(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
};
