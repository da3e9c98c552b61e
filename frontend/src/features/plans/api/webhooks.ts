import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { post, request } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireDelivery, WireNewWebhook, WirePage, WireWebhook } from "@/api/wire";
import { toDelivery, toWebhook } from "@/model/webhook";

const KEY = ["webhooks"];

/** Webhooks that are told of this plan: its own, and those of all plans of their owner. */
export function useWebhooks(planId: string) {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => request<WirePage<WireWebhook>>(urls.webhooks, { query: { limit: 200 }, signal }),
    select: ({ results }) => results.map(toWebhook).filter((hook) => hook.planId === null || hook.planId === planId),
  });
}

export function useDeliveries(webhookId: string, enabled: boolean) {
  return useQuery({
    queryKey: [...KEY, webhookId, "deliveries"],
    enabled,
    refetchInterval: 5000,
    queryFn: async ({ signal }) => {
      const options = { query: { limit: 20 }, signal };
      const page = await request<WirePage<WireDelivery>>(urls.webhookDeliveries(webhookId), options);
      return page.results.map(toDelivery);
    },
  });
}

/** What can be done to webhooks; the list is read again after each. */
export function useChangeWebhooks() {
  const cache = useQueryClient();
  const onSuccess = () => cache.invalidateQueries({ queryKey: KEY });
  return {
    add: useMutation({
      mutationFn: (input: { url: string; events: string[]; planId: string }) =>
        post<WireNewWebhook>(urls.webhooks, { url: input.url, events: input.events, masterplan_id: input.planId }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => request(urls.webhook(id), { method: "DELETE" }), onSuccess }),
    test: useMutation({ mutationFn: (id: string) => post<WireDelivery>(urls.webhookDeliveries(id)), onSuccess }),
  };
}
