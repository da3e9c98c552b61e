import type { Task } from "@/model/masterplan";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

export function TaskTable({ tasks }: { tasks: Task[] }) {
  const numbers = new Map(tasks.map((task) => [task.id, task.number]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Tasks">
      <table className="list stacks">
        <thead>
          <tr>
            <th scope="col" className="number">
              #
            </th>
            <th scope="col">File</th>
            <th scope="col">Language</th>
            <th scope="col">Draft</th>
            <th scope="col" className="number">
              Lines
            </th>
            <th scope="col" className="number">
              Atoms
            </th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <tr key={task.id}>
              <td className="number muted" data-label="Task">
                {task.number}
              </td>
              <th scope="row">
                <code>
                  <Visible text={task.path} />
                </code>
                {task.name !== task.path && (
                  <span className="muted small">
                    <Visible text={task.name} />
                  </span>
                )}
                <ToDo task={task} />
                <Problem task={task} />
              </th>
              <td className="muted" data-label="Language">
                {task.language}
              </td>
              <td data-label="Draft">
                {task.hasDraft ? <DraftState task={task} /> : <Tag tone="info">to be written</Tag>}
              </td>
              <td className="number" data-label="Lines">
                {task.loc}
              </td>
              <td className="number" data-label="Atoms">
                {task.atomsTotal ?? <span className="muted">–</span>}
              </td>
              <td className="muted small" data-label="After">
                {task.dependsOn.map((id) => numbers.get(id) ?? "?").join(", ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function DraftState({ task }: { task: Task }) {
  if (task.parseOk === null) return <Tag>draft</Tag>;
  return task.parseOk ? <Status value="passed" label="parses" /> : <Status value="failed" label="does not parse" />;
}

/** What is still to be written, in the plan's words: what a person reads before approving. */
function ToDo({ task }: { task: Task }) {
  if (task.hasDraft || (!task.description && task.acceptance.length === 0)) return null;
  return (
    <details className="task-words">
      <summary>What it does</summary>
      {task.description && (
        <p>
          <Visible text={task.description} />
        </p>
      )}
      <ul>
        {task.acceptance.map((sentence) => (
          <li key={sentence}>
            <Visible text={sentence} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Problem({ task }: { task: Task }) {
  if (!task.problem) return null;
  return (
    <span className="field-error">
      line {task.problem.line}, column {task.problem.column}: <Visible text={task.problem.message} />
    </span>
  );
}
