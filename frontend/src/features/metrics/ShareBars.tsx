/** Bars with their figures beside them; the longest fills the width. */
export function ShareBars({ rows }: { rows: { name: string; value: number; text: string }[] }) {
  const most = Math.max(...rows.map(({ value }) => value), 0) || 1;
  return (
    <ul className="share-bars">
      {rows.map(({ name, value, text }) => (
        <li key={name}>
          <span className="share-name">{name}</span>
          <span className="share-bar" aria-hidden="true">
            <span className="fill info" style={{ width: `${(value / most) * 100}%` }} />
          </span>
          <span className="share-text">{text}</span>
        </li>
      ))}
    </ul>
  );
}
