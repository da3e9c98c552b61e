import { useMutation, useQueryClient } from "@tanstack/react-query";
import { upload } from "@/api/upload";
import { urls } from "@/api/urls";
import type { WireMasterplan } from "@/api/wire";
import { toMasterplan } from "@/model/masterplan";

export interface ImportInput {
  file: File;
  name: string;
  rootPackage: string;
  team: string;
  onProgress: (share: number) => void;
}

export function useImportMasterplan() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, name, rootPackage, team, onProgress }: ImportInput) => {
      const form = new FormData();
      form.set("file", file);
      if (name) form.set("name", name);
      if (rootPackage) form.set("root_package", rootPackage);
      if (team) form.set("team", team);
      return toMasterplan(await upload<WireMasterplan>(urls.masterplanImport, form, onProgress));
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ["masterplans"] }),
  });
}
