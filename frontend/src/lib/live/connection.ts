import ReconnectingWebSocket from "partysocket/ws";
import { type LiveFrame, toFrame, unpack } from "@/model/frame";
import { setFreshness } from "./freshness";
import { accept, behind, type Sequence, startSequence } from "./sequence";

const FLUSH_MS = 100;
const CAUGHT_UP_MS = 800;
const PING_MS = 20_000;
/** Two pings without an answer: the line is dead, whatever the browser believes of it. */
const DEAD_MS = 50_000;
/** Frames that a hidden page keeps; a longer absence ends in a new snapshot. */
const KEPT = 500;
const REFUSED = new Set([4401, 4403, 4404]);

export interface Subscription {
  path: string;
  /** Position of the snapshot this page shows, from the REST answer. */
  asOfId: number | null;
  onFrames: (frames: LiveFrame[]) => void;
  onResync: () => void;
}

/** Frames on their way to the page: in batches of 100 ms, and only while somebody can see it. */
class Batch {
  private frames: LiveFrame[] = [];
  private lost = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly subscription: Pick<Subscription, "onFrames" | "onResync">) {
    document.addEventListener("visibilitychange", this.flush);
  }

  add(frame: LiveFrame): void {
    if (this.frames.length < KEPT || !document.hidden) this.frames.push(frame);
    else this.lost = true;
    this.timer ??= setTimeout(this.flush, FLUSH_MS);
  }

  resync(): void {
    this.lost = true;
    this.flush();
  }

  private readonly flush = (): void => {
    if (document.hidden) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { frames, lost } = this;
    this.frames = [];
    this.lost = false;
    if (lost) this.subscription.onResync();
    else if (frames.length > 0) this.subscription.onFrames(frames);
  };

  close(): void {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.flush);
  }
}

/** Reconnects after 0.5 to 2 s, then ever later: a restarted server does not meet all its pages at once. */
const openSocket = (address: () => string): ReconnectingWebSocket =>
  new ReconnectingWebSocket(address, [], {
    minReconnectionDelay: 500 + Math.random() * 1500,
    maxReconnectionDelay: 8000,
  });

/** One live connection: numbers in order, replay after a gap, batches of 100 ms. Returns how to close it. */
export function connect({ path, asOfId, onFrames, onResync }: Subscription): () => void {
  let sequence: Sequence = startSequence(asOfId);
  let caughtUpTimer: ReturnType<typeof setTimeout> | undefined;
  let heardAt = Date.now();
  const batch = new Batch({ onFrames, onResync });
  const origin = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  const socket = openSocket(() => `${origin}${path}${sequence.lastId === null ? "" : `?last_id=${sequence.lastId}`}`);
  const settle = () => setFreshness({ state: "live", behind: 0 });
  const take = (frame: LiveFrame) => {
    const step = accept(sequence, frame);
    sequence = step.sequence;
    heardAt = Date.now();
    if (step.verdict === "resync") batch.resync();
    if (step.verdict === "apply") batch.add(frame);
    const missing = behind(sequence);
    const state = missing > 0 ? "catching-up" : "live";
    const told = frame.type === "pong" ? {} : { lastEventAt: heardAt };
    setFreshness({ ...told, heardAt, state, behind: missing });
    clearTimeout(caughtUpTimer);
    // Ids of other topics are part of the distance and never come here: silence means that replay has ended.
    if (missing > 0) caughtUpTimer = setTimeout(settle, CAUGHT_UP_MS);
  };

  setFreshness({ state: "connecting", lastEventAt: null, heardAt: null, behind: 0 });
  socket.addEventListener("message", (event: MessageEvent) => {
    for (const frame of unpack(parse(event.data))) take(frame);
  });
  socket.addEventListener("close", (event: { code?: number }) => {
    const refused = REFUSED.has(event.code ?? 0);
    if (refused) socket.close();
    setFreshness({ state: refused ? "refused" : navigator.onLine ? "connecting" : "offline" });
  });
  const pings = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heardAt > DEAD_MS) socket.reconnect();
    else socket.send('{"type":"ping"}');
  }, PING_MS);
  return () => {
    clearInterval(pings);
    clearTimeout(caughtUpTimer);
    batch.close();
    socket.close();
    setFreshness(null);
  };
}

function parse(data: unknown): LiveFrame | null {
  try {
    return toFrame(JSON.parse(String(data)));
  } catch {
    return null; // not JSON: nothing this page could apply
  }
}
