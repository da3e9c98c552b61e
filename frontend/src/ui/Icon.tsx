const PATHS = {
  review: "M4 5h16v11H9l-5 4V5Z M9 10.5l2 2 4-4",
  plans: "M6 3h9l4 4v14H6V3Z M14 3v5h5 M9 12h7 M9 16h5",
  runs: "M4 12h3l3-8 4 16 3-8h3",
  graph: "M5 4h5v4H5V4Z M5 16h5v4H5v-4Z M15 10h5v4h-5v-4Z M10 6c3 0 2 6 5 6 M10 18c3 0 2-6 5-6",
  rollout: "M4 20V10 M9 20v-7 M14 20V7 M19 20V4",
  metrics: "M4 20V4 M4 20h16 M8 16v-4 M12 16V8 M16 16v-6",
  admin: "M12 3l8 3v6c0 4.5-3.4 7.7-8 9-4.6-1.3-8-4.5-8-9V6l8-3Z",
  filter: "M4 6h16 M7 12h10 M10 18h4",
  high: "M5 13l4 4L19 7",
  middle: "M5 12h14",
  low: "M12 5v9 M12 18.5v.2",
  settings: "M4 7h9 M17 7h3 M15 5v4 M4 17h3 M11 17h9 M9 15v4 M4 12h3 M11 12h9",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z M16.2 16.2 21 21",
  keys: "M3 7h18v10H3V7Z M7 11h.01 M11 11h.01 M15 11h.01 M8 14h8",
  theme: "M12 4a8 8 0 1 0 0 16V4Z M12 4a8 8 0 0 1 0 16",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12 M18 6 6 18",
  minus: "M6 12h12",
  dot: "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z M12 8v4.5l3 1.8",
  pause: "M8 5v14 M16 5v14",
  play: "M8 5l11 7-11 7V5Z",
  stop: "M6 6h12v12H6V6Z",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1Z M14 7l3 3",
  redo: "M20 11a8 8 0 1 0-2.3 6 M20 5v6h-6",
  skip: "M5 6l8 6-8 6V6Z M17 6v12",
  upload: "M12 16V5 M7.5 9.5 12 5l4.5 4.5 M5 19h14",
  download: "M12 5v11 M7.5 11.5 12 16l4.5-4.5 M5 19h14",
  warn: "M12 4 2.8 20h18.4L12 4Z M12 10v4.5 M12 17.3v.2",
  chevron: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  user: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z M4.5 20.5c1.2-3.7 4-5.5 7.5-5.5s6.3 1.8 7.5 5.5",
  out: "M14 4h5v16h-5 M10 8l-4 4 4 4 M6 12h9",
  spark: "M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9L12 3Z",
  lock: "M6 11h12v9H6v-9Z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  focus: "M4 9V4h5 M20 9V4h-5 M4 15v5h5 M20 15v5h-5",
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing; decoration only, the word beside it carries the meaning. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
