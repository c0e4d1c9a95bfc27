import { keepPreviousData } from "@tanstack/react-query";
import { Problem } from "../client";

export const PAGE_SIZE = 25;

/** Lists keep their rows while the next ones come. */
export const asList = { placeholderData: keepPreviousData } as const;

/** Leaves out what is not set: an empty filter is no filter. */
export function set<T extends Record<string, string | undefined>>(filters: T): Partial<T> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value)) as Partial<T>;
}

/** Nothing where the server says there is nothing, any other problem as it is. */
export async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === status) return null;
    throw problem;
  }
}
