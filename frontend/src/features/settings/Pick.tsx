interface PickProps<T extends string> {
  label: string;
  value: T;
  options: readonly T[];
  labelOf: (value: T) => string;
  onPick: (value: T) => void;
}

/** One of a few values, all of them in view. */
export function Pick<T extends string>({ label, value, options, labelOf, onPick }: PickProps<T>) {
  return (
    <fieldset className="pick">
      <legend>{label}</legend>
      <span className="segments">
        {options.map((option) => (
          <label key={option} className="segment">
            <input
              type="radio"
              className="sr-only"
              name={label}
              checked={option === value}
              onChange={() => onPick(option)}
            />
            {labelOf(option)}
          </label>
        ))}
      </span>
    </fieldset>
  );
}
