import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => {
  const { FENRUN_API } = loadEnv(mode, ".", "FENRUN_");
  return {
    plugins: [react(), tailwindcss()],
    resolve: { tsconfigPaths: true },
    // The session is a cookie: in development, too, the pages and the API share one origin.
    server: { proxy: { "/v1": FENRUN_API ?? "http://127.0.0.1:8420" } },
    // The server's content security policy allows nothing inline but styles: no scripts or fonts as data.
    build: {
      target: "es2023",
      assetsInlineLimit: 0,
      manifest: true,
      // Every browser that knows es2023 knows it itself.
      modulePreload: { polyfill: false },
      // What every page needs, in one piece: many small ones weigh more.
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: "base", test: /node_modules[\\/](@tanstack|openapi-fetch|react|react-dom|scheduler)[\\/]/ },
              { name: "parts", test: /src[\\/](ui[\\/](Popover|useLinksClose|ThemeSwitch|Choice|Wordmark|PageHeader|Trouble|status)|routes[\\/](useViewer|search)|api[\\/]types)\.tsx?$/ },
            ],
          },
        },
      },
    },
    test: { environment: "node", include: ["src/**/*.test.ts"] },
  };
});
