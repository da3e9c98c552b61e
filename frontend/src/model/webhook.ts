import type { WireDelivery, WireWebhook } from "@/api/wire";

export interface Webhook {
  id: string;
  planId: string | null;
  url: string;
  events: string[];
  active: boolean;
  stoppedBecause: string;
}

export interface Delivery {
  id: string;
  type: string;
  status: string;
  tries: number;
  error: string;
  createdAt: string;
}

export const toWebhook = (wire: WireWebhook): Webhook => ({
  id: wire.webhook_id,
  planId: wire.masterplan_id,
  url: wire.url,
  events: wire.events,
  active: wire.active,
  stoppedBecause: wire.stopped_because,
});

export const toDelivery = (wire: WireDelivery): Delivery => ({
  id: wire.delivery_id,
  type: wire.type,
  status: wire.status,
  tries: wire.tries,
  error: wire.error,
  createdAt: wire.created_at,
});
