/** The least characters of a password, as the server counts them. */
export const LEAST = 12;

/** What is wrong with a password that was chosen, and typed again. */
export function passwordTrouble(password: string, again: string): "short" | "different" | undefined {
  // Code points, of which a character outside the basic plane is one and not two.
  if ([...password].length < LEAST) return "short";
  return password === again ? undefined : "different";
}
