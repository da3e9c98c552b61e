interface Sink {
  write(x: string): void;
}

class File implements Sink {
  write(x: string): void {}
}

class Socket implements Sink {
  write(x: string): void {}
}

class Service {
  constructor(private readonly socket: Socket) {}

  run(): void {
    this.socket.write("x");
  }
}

function use(sink: Sink): void {
  sink.write("x");
}

use(new File());
use(new Socket());
new File().write("y");
