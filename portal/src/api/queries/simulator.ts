import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { components } from "../schema";
import { asList, PAGE_SIZE } from "./common";

type Schemas = components["schemas"];
export type Rule = Schemas["RuleIn-Output"];
export type Design = Schemas["DesignIn-Output"];
export type Assumptions = Schemas["AssumptionsIn-Output"];
export type Comparison = Schemas["ComparisonOut"];
export type Figures = Schemas["FiguresOut"];
export type Finding = Schemas["FindingOut"];
export type Search = Partial<Schemas["SearchIn-Input"]>;
export type Simulation = Schemas["SimulationOut"];
export type SimulationWithResult = Schemas["SimulationWithResult"];
export type Proposal = Schemas["PlanProposalOut"];
export type Declaration = Schemas["PlanDeclaration-Input"];
export type WhatIf = Schemas["WhatIfOut"];

/** Candidates beside today's plan; the last answer stays until the next one is there. */
export const previewQuery = (assumptions: Assumptions, designs: readonly Design[], atLength = false) =>
  queryOptions({
    queryKey: ["simulations", "preview", assumptions, designs, atLength],
    queryFn: ({ signal }) => unwrap(api.POST("/v1/simulations/preview", { body: { assumptions, designs: [...designs], at_length: atLength }, signal })),
    staleTime: 60_000,
    ...asList,
  });

export const simulationsQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["simulations", "list", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/simulations", { params: { query }, signal })),
    ...asList,
  });
};

const SECOND = 1000;
const going = (status: Simulation["status"] | undefined) => status === "queued" || status === "running";

/** Asked again as long as it runs. */
export const simulationQuery = (id: string) =>
  queryOptions({
    queryKey: ["simulations", id],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/simulations/{simulation_id}", { params: { path: { simulation_id: id } }, signal })),
    refetchInterval: ({ state }) => (going(state.data?.status) ? SECOND : false),
  });

export const saveSimulation = (body: Schemas["SimulationIn-Input"]) => unwrap(api.POST("/v1/simulations", { body }));

export const cancelSimulation = (id: string) =>
  unwrap(api.POST("/v1/simulations/{simulation_id}/cancel", { params: { path: { simulation_id: id } } }));

export const proposalsQuery = queryOptions({
  queryKey: ["plan-proposals"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/plan-proposals", { params: { query: { limit: PAGE_SIZE } }, signal })),
});

export const propose = (id: string, body: Schemas["ProposalIn"]) =>
  unwrap(api.POST("/v1/simulations/{simulation_id}/proposals", { params: { path: { simulation_id: id } }, body }));

const ofProposal = (id: string) => ({ path: { proposal_id: id } });
export const approveProposal = (id: string) => unwrap(api.POST("/v1/plan-proposals/{proposal_id}/approve", { params: ofProposal(id) }));
export const rejectProposal = (id: string, reason: string) =>
  unwrap(api.POST("/v1/plan-proposals/{proposal_id}/reject", { params: ofProposal(id), body: { reason } }));

export const whatIfQuery = (partnerId: string, volumeBps: number) =>
  queryOptions({
    queryKey: ["what-if", partnerId, volumeBps],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/partners/{partner_id}/what-if", { params: { path: { partner_id: partnerId }, query: { volume_bps: volumeBps } }, signal })),
    ...asList,
  });
