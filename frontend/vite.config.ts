import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const BACKEND = process.env.MGE_BACKEND ?? "http://127.0.0.1:8000";
const proxied = { target: BACKEND, changeOrigin: false };

/** The build is served by Django under /static/console/; in development the same origin is kept by a proxy. */
export default defineConfig({
  base: "/static/console/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { manifest: "manifest.json", target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": proxied, "/admin": proxied, "/ws": { ...proxied, ws: true } },
  },
  test: {
    // Files that need a document say so in their first line.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
