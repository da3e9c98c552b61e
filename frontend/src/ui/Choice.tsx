export interface ChoiceProps {
  label: string;
  value: string | undefined;
  /** Values with their words. */
  options: [string, string][];
  onPick: (value: string | undefined) => void;
  /** The word for no choice. */
  none?: string;
  className?: string;
}

/** One of some values, or none. A chosen value that is not offered any more stays in view. */
export function Choice({ label, value, options, onPick, none = "all", className = "inline-field" }: ChoiceProps) {
  const gone = value !== undefined && !options.some(([id]) => id === value);
  return (
    <label className={className}>
      <span>{label}</span>
      <select value={value ?? ""} onChange={(event) => onPick(event.target.value || undefined)}>
        <option value="">{none}</option>
        {gone && <option value={value}>{value}</option>}
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
