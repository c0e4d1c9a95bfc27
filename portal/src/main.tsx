import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { sessionQuery } from "./api/queries/session";
import "./app.css";
import { startTranslations } from "./i18n";
import { makeRouter } from "./routes/router";
import { startTheme } from "./ui/theme";

const isRefusal = (error: unknown) => error instanceof Problem && error.status >= 400 && error.status < 500;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: (failures, error) => failures < 1 && !isRefusal(error) },
  },
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended while the page stood open: back to the sign-in, and then here again.
      if (!(error instanceof Problem) || error.status !== 401) return;
      queryClient.setQueryData(sessionQuery.queryKey, null);
      void router.invalidate();
    },
  }),
});

const router = makeRouter(queryClient);

startTheme();
await startTranslations();

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
