export class Log {
  note(x) {}
}
