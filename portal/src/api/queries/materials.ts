import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Material, MaterialChange, NewMaterial } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

export interface MaterialFilters extends Cursor {
  search?: string;
  language?: Material["language"];
}

export const materialsQuery = ({ search, language, ...cursor }: MaterialFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ search, language }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["materials", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/materials", { params: { query }, signal })),
    ...asList,
  });
};

const of = (materialId: string) => ({ path: { material_id: materialId } });

export const downloadsQuery = (materialId: string) =>
  queryOptions({
    queryKey: ["materials", "downloads", materialId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/materials/{material_id}/downloads", { params: { ...of(materialId), query: { limit: 100 } }, signal })),
  });

export const materialFile = (materialId: string, version: number) => `/v1/materials/${materialId}/content?version=${version}`;

export const addMaterial = (body: NewMaterial) => unwrap(api.POST("/v1/materials", { body }));

/** What is left out stays as it is. */
export const changeMaterial = (materialId: string, body: Partial<MaterialChange>) =>
  unwrap(api.PATCH("/v1/materials/{material_id}", { params: of(materialId), body: body as MaterialChange }));

export const publishMaterial = (materialId: string, version: number, file: File) =>
  unwrap(
    api.PUT("/v1/materials/{material_id}/versions/{version}/content", {
      params: { path: { material_id: materialId, version }, query: { file_name: file.name } },
      body: file as unknown as string,
      bodySerializer: (content: unknown) => content as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
