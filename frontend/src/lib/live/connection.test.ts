// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "./connection";

/** What the connection uses of a socket; made before the module that asks for it. */
const { FakeSocket, opened } = vi.hoisted(() => {
  const opened: FakeSocket[] = [];
  class FakeSocket extends EventTarget {
    readyState = 1;
    sent: string[] = [];
    reconnect = vi.fn();
    close = vi.fn();
    constructor(
      readonly address: () => string,
      _protocols: string[],
      readonly options: { minReconnectionDelay: number },
    ) {
      super();
      opened.push(this);
    }
    send(text: string): void {
      this.sent.push(text);
    }
    receive(frame: object): void {
      this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
    }
  }
  return { FakeSocket, opened };
});
type FakeSocket = InstanceType<typeof FakeSocket>;
vi.mock("partysocket/ws", () => ({ default: FakeSocket }));

const event = (id: number) => ({ id, topic: "review", type: "review.changed", data: {} });
let hidden = false;
let close = () => {};
const onFrames = vi.fn();
const onResync = vi.fn();

function open(asOfId: number | null = 10): FakeSocket {
  close = connect({ path: "/ws/review/", asOfId, onFrames, onResync });
  return opened.at(-1) as FakeSocket;
}
function look(visible: boolean): void {
  hidden = !visible;
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  hidden = false;
});
afterEach(() => {
  close();
  vi.clearAllMocks();
  vi.useRealTimers();
});

describe("the live connection", () => {
  it("asks to go on from the newest event that it has", () => {
    const socket = open();
    expect(socket.address()).toContain("?last_id=10");
    socket.receive(event(14));
    expect(socket.address()).toContain("?last_id=14");
  });

  it("does not come back with all the others at once", () => {
    const delays = Array.from({ length: 20 }, () => {
      const { minReconnectionDelay } = open().options;
      close();
      return minReconnectionDelay;
    });
    expect(new Set(delays).size).toBeGreaterThan(10);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
  });

  it("hands over batches, once each 100 ms", () => {
    const socket = open();
    for (const id of [11, 12, 12, 13]) socket.receive(event(id));
    expect(onFrames).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(onFrames).toHaveBeenCalledOnce();
    expect(onFrames.mock.calls[0]?.[0]).toHaveLength(3);
  });

  it("rests while the page is hidden, and catches up when it is seen", () => {
    const socket = open();
    look(false);
    socket.receive(event(11));
    vi.advanceTimersByTime(1000);
    expect(onFrames).not.toHaveBeenCalled();
    look(true);
    expect(onFrames).toHaveBeenCalledOnce();
  });

  it("takes a new snapshot after a long absence", () => {
    const socket = open();
    look(false);
    for (let id = 11; id < 700; id += 1) socket.receive(event(id));
    look(true);
    expect(onResync).toHaveBeenCalledOnce();
    expect(onFrames).not.toHaveBeenCalled();
  });

  it("pings a quiet line and leaves a dead one", () => {
    const socket = open();
    vi.advanceTimersByTime(20_000);
    expect(socket.sent).toEqual(['{"type":"ping"}']);
    socket.receive({ type: "pong", id: 5 });
    vi.advanceTimersByTime(40_000);
    expect(socket.reconnect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20_000);
    expect(socket.reconnect).toHaveBeenCalledOnce();
  });
});
