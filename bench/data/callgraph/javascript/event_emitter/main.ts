type Listener = (value: number) => void;

class Emitter {
  private listeners: Record<string, Listener[]> = {};

  on(name: string, listener: Listener): void {
    (this.listeners[name] ??= []).push(listener);
  }

  emit(name: string, value: number): void {
    this.listeners[name]?.forEach((listener) => listener(value));
  }
}

function show(value: number): void {}

const emitter = new Emitter();
emitter.on("change", show);
emitter.on("change", (value) => store(value));
emitter.emit("change", 1);

function store(value: number): void {}
