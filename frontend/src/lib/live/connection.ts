import ReconnectingWebSocket from "partysocket/ws";
import { type LiveFrame, toFrame } from "@/model/frame";
import { setFreshness } from "./freshness";
import { accept, behind, type Sequence, startSequence } from "./sequence";

const FLUSH_MS = 100;
const CAUGHT_UP_MS = 800;
const REFUSED = new Set([4401, 4403, 4404]);

export interface Subscription {
  path: string;
  /** Position of the snapshot this page shows, from the REST answer. */
  asOfId: number | null;
  onFrames: (frames: LiveFrame[]) => void;
  onResync: () => void;
}

/** One live connection: numbers in order, replay after a gap, batches of 100 ms. Returns how to close it. */
export function connect({ path, asOfId, onFrames, onResync }: Subscription): () => void {
  let sequence: Sequence = startSequence(asOfId);
  let batch: LiveFrame[] = [];
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let caughtUpTimer: ReturnType<typeof setTimeout> | undefined;
  const origin = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  const address = () => `${origin}${path}${sequence.lastId === null ? "" : `?last_id=${sequence.lastId}`}`;
  const socket = new ReconnectingWebSocket(address, [], { minReconnectionDelay: 500, maxReconnectionDelay: 8000 });

  const flush = () => {
    flushTimer = undefined;
    const frames = batch;
    batch = [];
    if (frames.length > 0) onFrames(frames);
  };
  const settle = () => setFreshness({ state: "live", behind: 0 });
  const take = (frame: LiveFrame) => {
    const step = accept(sequence, frame);
    sequence = step.sequence;
    if (step.verdict === "resync") onResync();
    if (step.verdict === "apply") {
      batch.push(frame);
      flushTimer ??= setTimeout(flush, FLUSH_MS);
    }
    const missing = behind(sequence);
    setFreshness({ lastEventAt: Date.now(), state: missing > 0 ? "catching-up" : "live", behind: missing });
    clearTimeout(caughtUpTimer);
    // Ids of other topics are part of the distance and never come here: silence means that replay has ended.
    if (missing > 0) caughtUpTimer = setTimeout(settle, CAUGHT_UP_MS);
  };

  setFreshness({ state: "connecting", lastEventAt: null, behind: 0 });
  socket.addEventListener("message", (event: MessageEvent) => {
    const frame = parse(event.data);
    if (frame) take(frame);
  });
  socket.addEventListener("close", (event: { code?: number }) => {
    const refused = REFUSED.has(event.code ?? 0);
    if (refused) socket.close();
    setFreshness({ state: refused ? "refused" : navigator.onLine ? "connecting" : "offline" });
  });
  return () => {
    clearTimeout(flushTimer);
    clearTimeout(caughtUpTimer);
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
